"""Invented goods and invented people for random orders. The VAT numbers are valid by their check digits only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Article:
    code: str
    name: str
    price: str  # incl. VAT at home
    rate: str  # at home
    unit: str = "stuk"
    variant: str = ""


@dataclass(frozen=True)
class Person:
    first_name: str
    last_name: str
    email: str
    country: str = "NL"
    company: str = ""
    vat_number: str = ""
    street: str = "Proeflaan"
    zipcode: str = "1234 AB"
    city: str = "Utrecht"


ARTICLES = (
    Article("KOF-1000", "Espressobonen 1 kg", "24.95", "9", variant="M"),
    Article("KOF-0250", "Espressobonen 250 g", "7.49", "9", variant="L"),
    Article("THEE-12", "Thee Earl Grey, 12 zakjes", "3.29", "9"),
    Article("BRD-7", "Zuurdesembrood", "4.15", "9"),
    Article("STR-01", "Stroopwafels blik", "12.95", "9"),
    Article("HON.500", "Honing 500 g", "8.99", "9", "pot"),
    Article("BOEK-33", "Receptenboek 'Bakken & Braden'", "29.99", "9"),
    Article("PLT 5", "Basilicum in pot", "2.79", "9"),
    Article("OLIE_1", "Olijfolie extra vierge 0,75 l", "17.35", "9", "fles"),
    Article("MEEL-25", "Bloem per kilo", "1.89", "9", "kg"),
    Article("MOK-4", "Mokkenset", "30.00", "21", "set"),
    Article("MOK-1", "Mok «Crème» ☕", "9.95", "21"),
    Article("FILT/100", "Koffiefilters, 100 stuks", "3.99", "21"),
    Article("MOL-HAND", "Handmolen", "89.00", "21"),
    Article("MACH-9", "Espressomachine Étoile 9", "1249.00", "21"),
    Article("KAN-12", "Schenkkan 1,2 l", "34.50", "21", variant="ROOD"),
    Article("WGH-2", "Weegschaal", "24.99", "21"),
    Article("AB-1", "Adapter B1", "6.05", "21"),
    Article("A-B1", "Adapterblok 1", "7.77", "21"),
    Article("SLANG", "Slang per meter", "3.33", "21", "m"),
    Article("KLBL", "Kleurblok blauw", "0.99", "21"),
    Article("LTB-Ø8", "Lekbak Ø 8 cm", "11.11", "21"),
    Article("TAS-KATOEN", "Katoenen tas „Zoë”", "5.45", "21"),
    Article("CADEAU", "Cadeauverpakking", "1.50", "21"),
)
CHEAP = (
    Article("BEKER-1", "Papieren beker", "0.15", "21"),
    Article("RIET-1", "Papieren rietje", "0.04", "21"),
    Article("SUIK-1", "Suikerstick", "0.06", "9"),
)
DEPOSIT = Article("STATIEGELD", "Statiegeld krat", "3.90", "0", "krat")

PEOPLE = (
    Person("Sanne", "Voorbeeld", "inkoop@voorbeeld.example", company="Voorbeeld Horeca B.V."),
    Person("Zoë", "van 't Hof-Ångström", "zoe@voorbeeld.example", city="'s-Gravenhage"),
    Person("Łukasz", "Wójcik", "Lukasz.Wojcik@Voorbeeld.example", city="Breda"),
    Person("Fatma", "Çelik", "fatma@voorbeeld.example", street="Çaylaan"),
    Person("Jan", "de Vries", "jan@voorbeeld.example"),
    Person("Ngọc", "Nguyễn", "ngoc@voorbeeld.example"),
    Person("Дарья", "Иванова", "darja@voorbeeld.example"),
    Person("Siobhán", "O'Brien", "siobhan@voorbeeld.example", company="O'Brien & Zn."),
    Person("李", "伟", "liwei@voorbeeld.example"),
    Person("Piet", "Jansen <test>", "piet@voorbeeld.example", company='"Ruim" & Zo'),
)
EU_PEOPLE = (
    Person("Jörg", "Müller", "jorg@beispiel.example", "DE", street="Prüfweg", zipcode="50667", city="Köln"),
    Person("Anna", "Groß", "anna@beispiel.example", "DE", street="Testallee", zipcode="10115", city="Berlin"),
    Person("Élodie", "Lefèvre", "elodie@exemple.example", "FR", street="Rue d'Essai", zipcode="75001", city="Paris"),
    Person("Wout", "Peeters", "wout@voorbeeld.example", "BE", street="Proefstraat", zipcode="2000", city="Antwerpen"),
)
WORLD_PEOPLE = (
    Person("Urs", "Bünzli", "urs@beispiel.example", "CH", street="Testgasse", zipcode="8001", city="Zürich"),
    Person("Emily", "Sample", "emily@example.example", "GB", street="Trial Road", zipcode="SW1A 1AA", city="London"),
    Person("Kari", "Prøve", "kari@eksempel.example", "NO", street="Prøveveien", zipcode="0150", city="Oslo"),
    Person("Bob", "Example", "bob@example.example", "US", street="Main Street", zipcode="10001", city="New York"),
)
BUSINESSES = (
    Person("Uwe", "Prüfer", "einkauf@beispiel.example", "DE", "Beispiel GmbH", "DE342366712", city="Köln"),
    Person("Eva", "Muster", "eva@beispiel.example", "DE", "Muster & Söhne KG", "DE 676 122 202", city="Berlin"),
    Person("Koen", "Claes", "koen@voorbeeld.example", "BE", "Claes BV", "BE 0238.430.255", city="Gent"),
    Person("Lotte", "Maes", "lotte@voorbeeld.example", "BE", "Maes & Co", "be0019579647", city="Brugge"),
    Person("Chloé", "Petit", "chloe@exemple.example", "FR", "Société Exemple", "FR72051052090", city="Lyon"),
    Person("Gia", "Prova", "gia@esempio.example", "IT", "Esempio S.r.l.", "IT07323230974", city="Milano"),
    Person("Ola", "Próba", "ola@przyklad.example", "PL", "Przykład Sp. z o.o.", "PL7764232455", city="Kraków"),
    Person("Mads", "Prøve", "mads@eksempel.example", "DK", "Eksempel A/S", "DK31782031", city="Århus"),
    Person("Eleni", "Dokimi", "eleni@paradeigma.example", "GR", "Παράδειγμα", "EL378494877", city="Αθήνα"),
    Person("Luc", "Essai", "luc@exemple.example", "LU", "Essai S.à r.l.", "LU24469130", city="Luxembourg"),
    Person("Aino", "Koe", "aino@esimerkki.example", "FI", "Esimerkki Oy", "FI12181259", city="Helsinki"),
    Person("Rui", "Prova", "rui@exemplo.example", "PT", "Exemplo Lda", "PT465931332", city="Porto"),
    Person("Åsa", "Prov", "asa@exempel.example", "SE", "Exempel AB", "SE813496735801", city="Malmö"),
    Person("Franz", "Probe", "franz@beispiel.example", "AT", "Probe OG", "ATU84100189", city="Wien"),
    Person("Niamh", "Trial", "niamh@sample.example", "IE", "Trial Ltd", "IE8201903J", city="Cork"),
    Person("Sol", "Prueba", "sol@ejemplo.example", "ES", "Ejemplo S.L.", "ESB97585053", city="Sevilla"),
)
