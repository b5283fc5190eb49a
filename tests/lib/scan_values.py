"""Values for the labelled schemas of scan.py: each a function of a random source.

None belongs to a person: names are combined at random, addresses are random or of the documentation
ranges, check digits of numbers are computed.
"""
import base64
import json
import string
import uuid

FIRST = ("Anna Peter Maria Thomas Julia Lukas Sophie Pierre Camille Antoine Lucía Javier Carmen Diego "
         "Giulia Marco Francesca Luca Agnieszka Piotr Katarzyna Tomasz John Emily James Olivia Ahmed "
         "Yuki Priya Björn Zoë Łukasz Siobhan Kwame Ingrid Mehmet Chloé Hans Nadia Robert").split()
LAST = ("Schmidt Müller Fischer Weber Dupont Lefèvre Moreau García Fernández Rossi Bianchi Esposito "
        "Kowalski Nowak Wiśniewska Smith Johnson Williams O'Neill Tanaka Sharma Svensson Okafor Yılmaz "
        "Brown Taylor Martin Lopez Romano Zieliński").split()
STREET = ("Hauptstraße {}|Bahnhofstr. {}|{} rue de la Paix|{} avenue Foch|Calle Mayor {}|Via Roma {}|"
          "ul. Długa {}|{} Main Street|{} Oak Ave, Apt 4|Plaza de España {}|Corso Italia {}").split("|")
CITY = "Berlin München Paris Lyon Madrid Sevilla Roma Milano Warszawa Kraków London Leeds Boston".split()
PRODUCT = ("Wireless Headphones|Blue T-Shirt|Espresso Machine|Running Shoes|Kaffeetasse groß|Lampe de "
           "bureau|Silla de oficina|Zaino da viaggio|Kurtka zimowa|USB-C Cable 2m|Garden Hose").split("|")
COMPANY = "Acme GmbH|Globex SA|Initech Ltd|Umbrella S.p.A.|Stark Sp. z o.o.|Wayne & Co|Hooli Inc".split("|")
TEXT = ("please call back soon|the parcel was damaged|order arrived late|merci beaucoup|todo correcto|"
        "alles gut|tutto bene|wszystko w porządku|needs a refund|no comment").split("|")
WORDS = "alpha beta gamma delta checkout search login cart web mobile eu-west-1 gold silver".split()
PREFIX = ["4", "51", "52", "53", "54", "55", "34", "37", "6011"]


def digits(r, count):
    return "".join(r.choice(string.digits) for _ in range(count))


def luhn(number):
    total = 0
    for i, c in enumerate(reversed(number + "0")):
        n = int(c) * (2 if i % 2 else 1)
        total += n - 9 if n > 9 else n
    return number + str(-total % 10)


def card(r):
    prefix = r.choice(PREFIX)
    number = luhn(prefix + digits(r, (14 if prefix[0] == "3" else 15) - len(prefix)))
    if r.random() < 0.3 and len(number) == 16:
        return " ".join(number[i:i + 4] for i in range(0, 16, 4))
    return number


def iban(r):
    country, length = r.choice([("DE", 18), ("ES", 20), ("PL", 24), ("AT", 16), ("BE", 12)])
    account = digits(r, length)
    rest = int(account + "".join(str(ord(c) - 55) for c in country) + "00") % 97
    text = f"{country}{98 - rest:02}{account}"
    return text if r.random() < 0.6 else " ".join(text[i:i + 4] for i in range(0, len(text), 4))


def ascii_name(text):
    table = str.maketrans("łŁßıøşğ", "lLsiosg")
    import unicodedata
    text = unicodedata.normalize("NFD", text.translate(table))
    return "".join(c for c in text if c.isascii() and c.isalpha()).lower()


def mail(r):
    host = r.choice(["example.com", "mail.example.org", "web.example.de", "poczta.example.pl"])
    return f"{ascii_name(r.choice(FIRST))}{r.choice(['.', '_', ''])}{ascii_name(r.choice(LAST))}@{host}"


def phone(r):
    return r.choice([
        lambda: "+49 15" + digits(r, 1) + " " + digits(r, 7),
        lambda: "+336" + digits(r, 8),
        lambda: f"+1 ({r.randint(2, 9)}{r.randint(2, 9)}4) {r.randint(2, 9)}55-{digits(r, 4)}",
        lambda: "+48 6" + digits(r, 2) + " " + digits(r, 3) + " " + digits(r, 3),
        lambda: "06 " + " ".join(digits(r, 2) for _ in range(4)),
        lambda: f"{r.randint(2, 9)}{r.randint(2, 9)}2-{r.randint(2, 9)}55-{digits(r, 4)}",
        lambda: "017" + digits(r, 1) + " " + digits(r, 7),
    ])()


def ipv4(r):
    return f"{r.choice([10, 85, 91, 172, 192, 203])}." + ".".join(str(r.randint(1, 254)) for _ in "abc")


def ipv6(r):
    return "2001:db8:" + ":".join(f"{r.randint(0, 65535):x}" for _ in range(6))


def date(r, first=1940, last=2005):
    return f"{r.randint(first, last)}-{r.randint(1, 12):02}-{r.randint(1, 28):02}"


def version(r):
    return ".".join(str(r.randint(0, 30)) for _ in range(4))


def jwt(r):
    part = lambda o: base64.urlsafe_b64encode(json.dumps(o).encode()).decode().rstrip("=")
    return f"{part({'alg': 'HS256'})}.{part({'sub': digits(r, 6)})}.{part(digits(r, 30))}"


def name(r):
    return f"{r.choice(FIRST)} {r.choice(LAST)}"


def note(r, inside):
    return r.choice(TEXT) if r.random() < 0.7 else f"{r.choice(TEXT)}: {inside(r)}, {r.choice(TEXT)}"


PERSONAL = {
    "first": lambda r: r.choice(FIRST), "last": lambda r: r.choice(LAST), "name": name,
    "mail": mail, "phone": phone, "ipv4": ipv4, "ipv6": ipv6, "card": card, "iban": iban, "jwt": jwt,
    "bare-phone": lambda r: r.choice(["06", "0151", "601", "347", "212"]) + digits(r, 7),
    "phone-number": lambda r: int("49151" + digits(r, 7)),
    "ssn": lambda r: f"{r.randint(100, 665)}-{r.randint(10, 99)}-{r.randint(1000, 9999)}",
    "birth": date, "birth-dots": lambda r: ".".join(reversed(date(r).split("-"))),
    "birth-year": lambda r: r.randint(1940, 2008),
    "street": lambda r: r.choice(STREET).format(r.randint(1, 200)),
    "zip": lambda r: digits(r, 5), "zip-pl": lambda r: digits(r, 2) + "-" + digits(r, 3),
    "city": lambda r: r.choice(CITY), "house": lambda r: str(r.randint(1, 200)),
    "lat": lambda r: round(r.uniform(-60, 70), 6), "lon": lambda r: round(r.uniform(-179, 179), 6),
    "lat-text": lambda r: f"{r.uniform(36, 60):.5f}", "pair": lambda r: f"{r.uniform(36, 60):.5f},{r.uniform(0, 20):.5f}",
    "uuid": lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)),
    "hex-id": lambda r: f"{r.getrandbits(64):016x}", "imei": lambda r: luhn("35" + digits(r, 12)),
    "mac": lambda r: ":".join(f"{r.randint(0, 255):02x}" for _ in range(6)),
    "mac-bare": lambda r: f"{r.getrandbits(48):012X}",
    "login": lambda r: ascii_name(r.choice(FIRST))[:1] + ascii_name(r.choice(LAST)),
    "note-mail": lambda r: note(r, mail), "note-phone": lambda r: note(r, phone),
    "note-ip": lambda r: note(r, ipv4),
    "json": lambda r: json.dumps({"email": mail(r), "count": r.randint(1, 9)}),
    "json-name": lambda r: json.dumps({"customer": {"first_name": r.choice(FIRST), "total": 3}}),
    "base64": lambda r: base64.b64encode(json.dumps({"mail": mail(r), "n": 1}).encode()).decode(),
    "pesel": lambda r: digits(r, 11), "fiscal": lambda r: "RSSMRA" + digits(r, 2) + "A" + digits(r, 2) + "H501Z",
    "dni": lambda r: digits(r, 8) + r.choice("TRWAGM"), "passport": lambda r: "C01X" + digits(r, 5),
    "plate": lambda r: f"B-AB {digits(r, 4)}", "account": lambda r: digits(r, 10),
    "rare": lambda r: r.choice(["Ottilie", "Fiammetta", "Zdzisława", "Eufemia", "Þórdís", "Xóchitl", "Ngozi", "陽菜"]) + " "
    + r.choice(["Brzęczyszczykiewicz", "von der Heide", "Ó Súilleabháin", "De la Cruz", "Nguyễn", "佐藤"]),
    "rare-first": lambda r: r.choice(["Ottilie", "Fiammetta", "Zdzisława", "Eufemia", "Ngozi", "陽菜"]),
    "note-iban": lambda r: note(r, iban), "note-card": lambda r: note(r, card), "csv": lambda r: f"{r.randint(1, 99)};{name(r)};{mail(r)}",
    "ua-ip": lambda r: f'{ipv4(r)} - - "GET / HTTP/1.1" Chrome/120.0.0.0', "ip-port": lambda r: f"{ipv4(r)}:{r.randint(1024, 65535)}",
    "ip-list": lambda r: f"{ipv4(r)}, {ipv4(r)}", "name-mail": lambda r: f"{name(r)} <{mail(r)}>", "birth-int": lambda r: int(date(r).replace("-", "")),
    "url-mail": lambda r: f"https://x.example/u?m={mail(r).replace('@', '%40')}&n=1", "xml": lambda r: f"<c><mail>{mail(r)}</mail></c>",
    "url-ip": lambda r: f"https://{ipv4(r)}/a", "agent-ip": lambda r: f"{ipv4(r)} GET /x",
}

IMPERSONAL = {
    "version4": version, "version3": lambda r: ".".join(str(r.randint(0, 20)) for _ in "abc"),
    "sha1": lambda r: f"{r.getrandbits(160):040x}", "md5": lambda r: f"{r.getrandbits(128):032x}",
    "uuid": lambda r: str(uuid.UUID(int=r.getrandbits(128), version=4)),
    "order": lambda r: "ORD-" + digits(r, 9), "order-digits": lambda r: digits(r, 10),
    "order16": lambda r: r.choice("456") + digits(r, 15), "order-dashes": lambda r: f"{digits(r, 3)}-{digits(r, 7)}-{digits(r, 7)}",
    "order-ssn": lambda r: f"{r.randint(100, 665)}-{r.randint(10, 99)}-{r.randint(1000, 9999)}",
    "int": lambda r: r.randint(1, 5000), "float": lambda r: round(r.uniform(0, 500), 2),
    "seconds": lambda r: 1700000000 + r.randint(0, 9999999), "millis": lambda r: 1700000000000 + r.getrandbits(30),
    "seconds-text": lambda r: str(1700000000 + r.randint(0, 9999999)),
    "iso": lambda r: date(r, 2023, 2025) + f"T{r.randint(0, 23):02}:{r.randint(0, 59):02}:00Z",
    "day": lambda r: date(r, 2023, 2025), "product": lambda r: r.choice(PRODUCT), "company": lambda r: r.choice(COMPANY),
    "word": lambda r: r.choice(WORDS), "text": lambda r: r.choice(TEXT), "bool": lambda r: r.random() < 0.5,
    "currency": lambda r: r.choice(["EUR", "USD", "PLN"]), "country": lambda r: r.choice(["DE", "FR", "PL", "US"]),
    "ean": lambda r: "40063813" + digits(r, 5), "sku": lambda r: "SKU-" + digits(r, 6),
    "agent": lambda r: f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/{r.randint(100, 130)}.0.0.0 Safari/537.36",
    "url": lambda r: "https://shop.example.com/p/" + digits(r, 7), "path": lambda r: "/var/log/app/" + digits(r, 8) + ".log",
    "snowflake": lambda r: str(10 ** 18 + r.getrandbits(58)), "trace": lambda r: f"00-{r.getrandbits(128):032x}-{r.getrandbits(64):016x}-01",
    "noreply": lambda r: r.choice(["noreply@shop.example.com", "support@shop.example.com"]),
    "host": lambda r: f"web-{r.randint(1, 20)}.eu.example.internal", "locale": lambda r: r.choice(["de_DE", "fr_FR", "en-US"]),
    "json": lambda r: json.dumps({"sku": digits(r, 8), "count": r.randint(1, 9), "ok": True}),
    "arn": lambda r: "arn:aws:sqs:eu-west-1:123456789012:orders", "model": lambda r: r.choice(["iPhone14,2", "Pixel 8", "SM-G991B"]),
    "os": lambda r: r.choice(["iOS 17.2", "Android 14", "Windows 10.0.19041.1"]), "null": lambda r: None,
    "lat": lambda r: round(r.uniform(-60, 70), 6), "lon": lambda r: round(r.uniform(-179, 179), 6),
    "street": lambda r: r.choice(STREET).format(r.randint(1, 200)), "city": lambda r: r.choice(CITY),
    "etag": lambda r: f"\"{r.getrandbits(128):032x}\"", "semver": lambda r: f"v{r.randint(0, 9)}.{r.randint(0, 9)}.{r.randint(0, 9)}-rc.1",
    "hex-id": lambda r: f"{r.getrandbits(64):016x}", "upper": lambda r: r.choice(["PENDING", "SHIPPED", "ON HOLD"]),
    "title": lambda r: r.choice(["Max Power Drill", "The Great Gatsby", "Blue Ocean Strategy", "Summer Sale Banner", "Grand Hotel Plaza"]),
    "imei-like": lambda r: str(r.randint(10 ** 14, 10 ** 15 - 1)), "amount": lambda r: f"{r.randint(1, 999)}.{r.randint(100, 999)},{r.randint(10, 99)}",
    "range": lambda r: f"{r.randint(100, 999)}-{r.randint(1000, 9999)}", "serial": lambda r: f"{digits(r, 4)}-{digits(r, 4)}-{digits(r, 4)}",
    "micros": lambda r: 1700000000000000 + r.getrandbits(40), "nanos-text": lambda r: str(1700000000000000000 + r.getrandbits(50)),
    "cidr-mask": lambda r: r.choice(["255.255.255.0", "255.255.0.0"]), "oid": lambda r: "1.3.6.1.4.1." + str(r.randint(1, 9999)),
    "cron": lambda r: "0 12 * * 1-5", "time": lambda r: f"{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}",
    "color": lambda r: f"#{r.getrandbits(24):06x}", "semver-range": lambda r: ">=1.2.3 <2.0.0", "pkg": lambda r: f"react@18.{r.randint(0, 9)}.0",
    "icon": lambda r: f"icon{r.randint(1, 9)}@2x.png", "log": lambda r: f"upgraded to version {version(r)} in {r.randint(1, 90)} ms",
    "range-date": lambda r: f"{date(r, 2023, 2024)}/{date(r, 2024, 2025)}", "ref": lambda r: f"order {digits(r, 3)}-{digits(r, 2)}-{digits(r, 4)} shipped",
    "measure": lambda r: round(r.uniform(1000, 9000), 4), "fingerprint": lambda r: ":".join(f"{r.randint(0, 255):02x}" for _ in range(20)),
    "ulid": lambda r: "01" + "".join(r.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(24)),
    "slug": lambda r: "-".join(r.choice(WORDS) for _ in range(3)), "tracking": lambda r: "1Z" + digits(r, 16), "invoice": lambda r: "2024-" + digits(r, 6), "binary": lambda r: base64.b64encode(r.randbytes(24)).decode(),
}
