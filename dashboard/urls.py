"""The map of the dashboard."""

from django.conf import settings
from django.urls import URLPattern, include, path, register_converter

from .views import (
    configuration,
    demo,
    documents,
    entry,
    errors,
    history,
    home,
    install,
    mail_addresses,
    manual,
    members,
    open,
    payment_methods,
    payments,
    preferences,
    profile,
    reconciliation,
    report,
    search,
    self_test,
    skipping,
    tickets,
    undo,
    vat,
    vat_overview,
    versions,
)
from .views import settings as settings_views


class LicenceKey:
    """Capitals, digits and hyphens, so that a key is never taken for one of the fixed addresses."""

    regex = "[A-Z0-9][A-Z0-9-]{7,29}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(LicenceKey, "key")

of_an_integration: list[URLPattern] = [
    path("report/", report.report, name="report"),
    path("report/figures", report.figures, name="report-figures"),
    path("report/export.<str:form>", report.export, name="report-export"),
    path("report/vat/", vat_overview.vat_overview, name="vat-overview"),
    path("report/vat/overview.csv", vat_overview.vat_overview_file, name="vat-overview-file"),
    path("report/vat/icp", vat_overview.icp_list, name="icp"),
    path("report/vat/icp.csv", vat_overview.icp_file, name="icp-file"),
    path("report/vat/distance-sales", vat_overview.distance_sales, name="distance-sales"),
    path("report/compare/", reconciliation.listed, name="reconciliations"),
    path("report/compare/<int:reconciliation_id>/", reconciliation.one, name="reconciliation"),
    path("report/compare/<int:reconciliation_id>/figures.csv", reconciliation.figures, name="reconciliation-figures"),
    path(
        "report/compare/<int:reconciliation_id>/findings.csv", reconciliation.findings, name="reconciliation-findings"
    ),
    path("errors/", errors.errors, name="errors"),
    path("errors/process", errors.process_many, name="errors-process"),
    path("errors/skip", skipping.skip_many, name="errors-skip"),
    path("errors/group", errors.group, name="group"),
    path("errors/group/process", errors.process_all_of, name="group-process"),
    path("errors/group/setting", errors.setting, name="group-setting"),
    path("errors/runs/<int:run_id>/", errors.run, name="run"),
    path("errors/report", tickets.report_problem, name="report-problem"),
    path("tickets/", tickets.tickets, name="tickets"),
    path("tickets/new", tickets.ask, name="ask"),
    path("tickets/<int:ticket_id>/", tickets.ticket, name="ticket"),
    path("tickets/files/<int:file_id>", tickets.ticket_file, name="ticket-file"),
    path("open/", open.waiting, name="open"),
    path("payments/", payments.listed, name="payments"),
    path("payments/export.csv", payments.export, name="payments-export"),
    path("payments/process", payments.process, name="payments-process"),
    path("payments/skip", payments.skip, name="payments-skip"),
    path("payments/ask", payments.ask, name="payments-ask"),
    path("past-orders/", history.listed, name="history"),
    path("past-orders/<int:history_id>/", history.one, name="history-one"),
    path("past-orders/<int:history_id>/start", history.start, name="history-start"),
    path("past-orders/<int:history_id>/stop", history.stop, name="history-stop"),
    path("past-orders/<int:history_id>/change", history.change, name="history-change"),
    path("past-orders/<int:history_id>/items", history.items, name="history-items"),
    path("search/", search.search, name="search"),
    path("search/shop", search.search_shop, name="search-shop"),
    path("configuration/", configuration.configuration, name="configuration"),
    path("configuration/administration", configuration.administration, name="administration"),
    path("configuration/refresh", configuration.refresh_lists, name="refresh-lists"),
    path("configuration/settings", settings_views.edit, name="settings-edit"),
    path("configuration/file", settings_views.upload, name="settings-file"),
    path("configuration/settings.json", settings_views.download, name="settings-download"),
    path("configuration/review", settings_views.review, name="settings-review"),
    path("configuration/copy", settings_views.copy, name="settings-copy"),
    path("configuration/versions/", versions.versions, name="versions"),
    path("configuration/versions/<int:number>/", versions.version, name="version"),
    path("configuration/versions/<int:number>/restore", versions.restore, name="version-restore"),
    path("configuration/vat", vat.edit, name="vat-edit"),
    path("configuration/vat/remove", vat.remove, name="vat-remove"),
    path("configuration/payment-methods", payment_methods.edit, name="methods-edit"),
    path("configuration/check", self_test.self_test, name="self-test"),
    path("configuration/check.html", self_test.self_test_file, name="self-test-file"),
    path("profile/", profile.profile_of, name="profile-of"),
    path("profile/stop", profile.stop, name="stop"),
    path("profile/archive", profile.archive, name="archive"),
    path("profile/invite", members.invite, name="invite"),
    path("profile/members", members.members, name="members"),
    path("profile/members/<int:member_id>", members.member, name="member"),
    path("profile/addresses", mail_addresses.mail_addresses, name="mail-addresses"),
    path("profile/addresses/<int:address_id>", mail_addresses.mail_address, name="mail-address"),
    path("profile/digest", mail_addresses.digest, name="digest"),
    path("install/", install.steps, name="steps"),
    path("install/terms", install.agree, name="agree"),
    path("install/finish", install.finish, name="finish"),
    path("install/done", install.done, name="done"),
    path("install/return", install.back_to_shop, name="back-to-shop"),
    path("install/another", entry.another, name="install-another"),
]

urlpatterns: list[URLPattern] = [
    path("", home.home, name="home"),
    path("<key:licence_key>/", include(of_an_integration)),
    path("documents/<int:document_id>/", documents.document, name="document"),
    path("documents/<int:document_id>/process", documents.process, name="document-process"),
    path("documents/<int:document_id>/undo", undo.undo, name="document-undo"),
    path("documents/<int:document_id>/skip", skipping.skip, name="document-skip"),
    path("documents/<int:document_id>/unskip", skipping.unskip, name="document-unskip"),
    path("documents/<int:document_id>/source", documents.source, name="document-source"),
    path("documents/<int:document_id>/preview", documents.preview, name="document-preview"),
    path("install/", entry.start, name="install"),
    path("install/terms", entry.terms, name="terms"),
    path("install/link/<str:token>", entry.link, name="install-link"),
    path("profile/", profile.profile, name="profile"),
    path("invitation/<str:token>", members.invitation, name="invitation"),
    path("address/<str:token>", mail_addresses.verify, name="address-verify"),
    path("unsubscribe/<str:token>", mail_addresses.unsubscribe, name="unsubscribe"),
    path("help/", manual.contents, name="help"),
    path("help/problems/<slug:code>/", manual.problem, name="help-problem"),
    path("help/<slug:chapter>/", manual.chapter, name="help-chapter"),
    path("language/", preferences.language, name="language"),
    path("theme/", preferences.theme, name="theme"),
]

if settings.DEMO:
    urlpatterns += [
        path("demo/order", demo.place_order, name="demo-order"),
        path("demo/invoice", demo.make_invoice, name="demo-invoice"),
    ]
