"""What a test says to the stand-in through Django's test client; datasets are written by hand, as the vendor's
examples print them."""

import json
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring
from django.http import HttpResponse
from django.test import Client

FORM = "application/x-www-form-urlencoded"


class Office:
    """What a test says to the administration: over the control path, and through its one door."""

    def __init__(self) -> None:
        self.client = Client()
        self.made: dict[str, Any] = {}
        self.session = ""

    def control(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        data = "" if body is None else json.dumps(body)
        answer = self.client.generic(method, f"/_sandbox/imuis/{path}", data, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    def own(self, method: str, path: str, body: Any = None) -> Any:
        return self.control(method, f"administrations/{self.id}{path and '/'}{path}", body)

    def start(self, **chosen: Any) -> None:
        """An administration and a session on it; later calls are about them."""
        self.made = self.control("POST", "administrations", chosen)
        self.session = self.log_in()

    @property
    def id(self) -> int:
        return int(self.made["administration"]["id"])

    @property
    def keys(self) -> dict[str, str]:
        administration = self.made["administration"]
        return {"PARTNERKEY": administration["partner_key"], "OMGEVINGSCODE": administration["code"]}

    def post(self, fields: dict[str, str]) -> HttpResponse:
        body = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
        return self.client.generic("POST", "/ws1_api.aspx", body, content_type=FORM)

    def log_in(self) -> str:
        root = read(self.post(self.keys | {"ACTIE": "LOGIN"}))
        return root.findtext("SESSION/SESSIONID") or ""

    def call(self, action: str, **fields: str) -> Element:
        return read(self.post(self.keys | {"SESSIONID": self.session, "ACTIE": action} | fields))

    def select(self, table: str, columns: str, where: tuple[str, str, str] = ("", "", ""), **changes: str) -> Element:
        return self.call("GETSTAMTABELRECORDS", SELECTIE=selection(table, columns, where, **changes))

    def admin_info(self, table: str, columns: str) -> Element:
        asked = f"<Table1><TABLE>{table}</TABLE><SELECTFIELDS>{columns}</SELECTFIELDS></Table1>"
        return self.call("GETADMINFO", SELECTIE=f"<NewDataSet>{asked}</NewDataSet>")

    def create(self, table: str, **columns: str) -> Element:
        dataset = f"<METADATA><TABLE>{table}</TABLE></METADATA><DATA>{cells(columns)}</DATA>"
        return self.call("CREATESTAMTABELRECORD", STAMTABEL=f"<NewDataSet>{dataset}</NewDataSet>")

    def debtor(self, **columns: str) -> str:
        return key(self.create("DEB", **({"ZKSL": "jansen", "EMAIL": "a@jansen.example"} | columns)))

    def item(self, **columns: str) -> str:
        plain = {"NR": "MUG-01", "ZKSL": "MUG-01", "OMSCHR": "Koffiemok blauw", "ARTGRP": "29", "BTW": "H"}
        return key(self.create("ART", **(plain | {"VERKPR": "12,39"} | columns)))

    def entry(self, *rows: dict[str, str]) -> Element:
        dataset = "".join(f"<BOE>{cells(row)}</BOE>" for row in rows)
        return self.call("CREATEJOURNAALPOST", JOURNAALPOST=f"<NewDataSet>{dataset}</NewDataSet>")

    def order(self, header: dict[str, str], *lines: dict[str, str]) -> Element:
        dataset = f"<ORDKOP>{cells(header)}</ORDKOP>" + "".join(f"<ORDRG>{cells(line)}</ORDRG>" for line in lines)
        return self.call("CREATEVERKOOPORDER", VERKOOPORDER=f"<NewDataSet>{dataset}</NewDataSet>")


def selection(table: str, columns: str, where: tuple[str, str, str], **changes: str) -> str:
    tags = {"TABLE": table, "SELECTFIELDS": columns}
    tags |= dict(zip(("WHEREFIELDS", "WHEREOPERATORS", "WHEREVALUES"), where, strict=True))
    tags |= {"ORDERBY": "", "MAXRESULT": "0", "PAGESIZE": "1000", "SELECTPAGE": "1"} | changes
    return f"<NewDataSet><Table1>{cells(tags)}</Table1></NewDataSet>"


def cells(columns: dict[str, str]) -> str:
    def escaped(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    return "".join(f"<{name}>{escaped(text)}</{name}>" for name, text in columns.items())


def read(answer: HttpResponse) -> Element:
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    root: Element = fromstring(answer.content)
    assert root.tag == "NewDataSet"
    return root


def key(root: Element) -> str:
    found = root.findtext("TABEL/PRIMARYKEY")
    assert found, root.findtext("ERROR/MESSAGE")
    return found
