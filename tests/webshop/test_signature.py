"""The vendor's scheme, with worked examples as literals: they were made apart from this program."""

import pytest

from webshop.ccvshop.signature import is_valid, sign

PUBLIC = "e_demo7Q^pub1234567890"
SECRET = "s3cr3t-demo-key-0000111122223333"
APP_SECRET = "app-secret-demo-abcdefghij0123456789"
ORIGIN = "https://koppeling.example.nl"
HANDSHAKE_BODY = (
    rb'{"api_public":"e_demo7Q^pub1234567890","api_secret":"s3cr3t-demo-key-0000111122223333",'
    rb'"api_root":"https:\/\/bakkerij-demo.ccvshop.nl","return_url":"https:\/\/bakkerij-demo.ccvshop.nl'
    rb'\/onderhoud\/AdminItems\/AppStore\/Return.php?App=1234"}'
)
WEBHOOK_BODY = (
    b'{"triggered_at":"2026-03-02T09:14:58Z","href":"https://bakkerij-demo.ccvshop.nl/api/rest/v1/orders/351000123",'
    b'"id":351000123,"order_number":1042,"ordernumber_prefix":"2026","ordernumber_full":"2026-1042",'
    b'"total_price":101.2,"paid":true,"customer_email":"inkoop@voorbeeld.example","customer_mobile":""}'
)

EXAMPLES = {
    "get": (
        (SECRET, PUBLIC, "GET", "/api/rest/v1/orders/?is_paid=true&size=100&start=0", "", "2026-03-02T09:15:00Z"),
        "67f47678046c597050166f5e347b8faffcdc27241ba55f06b967540208c7058c"
        "596cc163b7082372f57ebc2e2d3f72a80f6b3c89859d88e6571bd97395e8f54d",
    ),
    "post": (
        (
            SECRET,
            PUBLIC,
            "POST",
            "/api/rest/v1/webhooks/",
            b'{"event":"orders.updated.ispaid","address":"https://koppeling.example.nl/hooks/ccvshop/4711/k3j2h1",'
            b'"is_active":true}',
            "2026-03-02T09:15:00Z",
        ),
        "4214c216507cdfa71857cf69cf166ffc1efea68390b3a07cfe834965615ef9be"
        "b0ac8901880a9f6f1c2620fa3369a366246333723dc4aac86c1e1da2f3cfc6a9",
    ),
    "patch": (
        (SECRET, PUBLIC, "PATCH", "/api/rest/v1/apps/1234", b'{"is_installed":true}', "2026-03-02T09:15:00Z"),
        "da5eac9f0c33bee40119f4eaf155fe5ec9e0ca0e9080ca3bdff7de4f651cb545"
        "76dcbb63d347aef9cef40b1f7c9f598fd24e0f20cf4f02df1615341040d74c01",
    ),
    "answer": (
        (SECRET, PUBLIC, "GET", "/api/rest/v1/apps/1234", b'{"id":1234}', "2026-03-02T09:15:01+00:00"),
        "efa39d3937f4734a0593a7d9be5dffd17bb8892294bb122832e933ad983b2f09"
        "6a924d58245e119d6b33eee70e2dd9f8b9710ff7452ccd196a85846467b6f0ef",
    ),
    "handshake": (
        (APP_SECRET, f"{ORIGIN}/ccvshop/handshake", HANDSHAKE_BODY),
        "e05a0f5785390e842f3e700cc234ef7993b958551cc990f8c6e09451a6caa3ce"
        "1b8c688343dea177183b1c35bbb73f27727476119b25090e5a98733a1a2dfec5",
    ),
    "install": (
        (APP_SECRET, f"{ORIGIN}/ccvshop/install", PUBLIC),
        "a8425b0a61d4073c6a62d6c9627b13c7c136332f33f4fce96a1c5e4259a7b850"
        "77cf3f3bcf4a4504234b35201e09a3f2a6c4b0eb35a9520d36658287eb526ac3",
    ),
    "uninstall": (
        (APP_SECRET, f"{ORIGIN}/ccvshop/uninstall", b'{"api_public":"e_demo7Q^pub1234567890"}'),
        "7adec40bf5cf27a7721e2c5fd825789f35225fe0198b9d67354ea1b0ec908a69"
        "d877f3634eb02671222be9086607db3a1b433c197c5392c05f38f5d972a2c81e",
    ),
    "webhook": (
        ("wh-key-demo-5566778899", f"{ORIGIN}/hooks/ccvshop/4711/k3j2h1", WEBHOOK_BODY),
        "538309f2ed0a3f7dbeddad8ec64f51c1bfb4bce89080fcec6ba3383d1ae4297a"
        "deee744c1972b4ecb01ff1b3e845be96c8b1a4086a702085b2c4335c2ff3c9e6",
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_signs_as_the_worked_example(name):
    given, expected = EXAMPLES[name]
    assert sign(*given) == expected


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_accepts_the_worked_example_and_nothing_near_it(name):
    (secret, *parts), expected = EXAMPLES[name]
    assert is_valid(secret, expected, *parts)
    assert not is_valid(secret + "x", expected, *parts)
    assert not is_valid(secret, expected, *parts, "")
    assert not is_valid(secret, expected[:-1], *parts)
    assert not is_valid(secret, expected.upper(), *parts)


@pytest.mark.parametrize("given", ["", "x" * 128, "é" * 128, "\udce9", "0" * 10_000])
def test_it_rejects_what_is_no_signature(given):
    assert not is_valid(SECRET, given, "a", "b")


def test_it_never_accepts_a_signature_under_an_empty_secret():
    assert not is_valid("", sign("", "a", "b"), "a", "b")


def test_it_tells_text_and_bytes_apart_only_by_their_content():
    assert sign(SECRET, "é", b"\xff") == sign(SECRET, "é".encode(), b"\xff")
