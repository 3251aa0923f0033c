"""The groups of the Errors tab, made of the counts that its page has anyway, and the rows beneath them."""

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString

from accounting.book_choices import Choices

from ..errors import groups
from ..errors.groups import Group
from ..errors.stuck_rows import Rows
from ..settings.listed_field import ListedField

register = template.Library()


@register.simple_tag(takes_context=True)
def stuck_groups(context: Context) -> dict[str, Any]:
    """``shown``: the groups that get a card, with what can be filled in; ``more`` of them are left out until somebody
    asks for all; ``lists`` are what the fields choose from. On the page of one cause only that group, with what was
    ``filled`` in."""
    integration, cause = context["integration"], context.get("cause", "")
    if cause:
        shown = [of_one(context, groups.group_of(context["tallies"], cause))]
        return {"shown": shown, "more": 0, "lists": lists_of(shown)}
    found = groups.groups_of(context["tallies"])
    is_all = "all" in context["request"].GET
    first = found if is_all else found[: groups.MOST_SHOWN]
    made = groups.with_forms(first, integration) if context["may_work"] else first
    shown = [group for group in made if groups.worth_a_card(group)]
    return {"shown": shown, "more": len(found) - len(first), "lists": lists_of(shown)}


@register.simple_tag(takes_context=True)
def stuck_rows(context: Context) -> list[SafeString]:
    """The documents of the page. On the page of one cause what to do about it is said once, above them."""
    template = "dashboard/errors_message.html" if context.get("cause") else "parts/problem.html"
    return Rows(context, template).draw(context["page"].rows, context["chosen"])


def of_one(context: Context, group: Group) -> Group:
    if context.get("filled"):
        return groups.with_form(group, context["filled"])
    return groups.with_forms([group], context["integration"])[0] if context["may_work"] else group


def lists_of(shown: list[Group]) -> dict[str, Choices]:
    """What the fields of the page choose from, by the id that they name."""
    fields = [field for group in shown if group.form for field in group.form.fields.values()]
    return {field.widget.attrs["list"]: field.choices for field in fields if isinstance(field, ListedField)}
