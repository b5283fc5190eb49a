"""Values of a labelled set for pii-scan, by the names in tests/vectors/scan_labels.tsv. They are
what producers write, in six languages, from a seed. The result of a row is called without
arguments."""

import base64
import json
import random
import string
import unicodedata
import uuid
from datetime import datetime, timedelta, timezone

from scan_label_words import FIRST, LAST, STREET, CITY, DOM, PROD, TEXT, TELL, CO

R = random.Random()

def ch(*a):
    l = a[0] if len(a) == 1 and isinstance(a[0], (list, tuple)) else a
    return lambda: R.choice(l)

def rng(a, b):
    return lambda: R.randint(a, b)

def fl(a, b, d=2):
    return lambda: round(R.uniform(a, b), d)

def digits(n):
    return ''.join(R.choice('0123456789') for _ in range(n))

def D(n):
    return lambda: str(R.randint(1, 9)) + digits(n - 1)

def hx(n):
    return lambda: ''.join(R.choice('0123456789abcdef') for _ in range(n))

def alnum(n, a=string.ascii_uppercase + string.digits):
    return lambda: ''.join(R.choice(a) for _ in range(n))

def uid():
    return str(uuid.UUID(int=R.getrandbits(128), version=4))

def pat(p):
    """Return text for a pattern: # digit, @ upper case letter, ? hex, the others unchanged."""

    def f():
        o = []
        for c in p:
            o.append(
                R.choice('0123456789')
                if c == '#'
                else R.choice(string.ascii_uppercase) if c == '@' else R.choice('0123456789abcdef') if c == '?' else c
            )
        return ''.join(o)

    return f

def one(*fs):
    return lambda: R.choice(fs)()

def fmt(s, *fs):
    return lambda: s.format(*[f() for f in fs])

T0 = datetime(2023, 1, 1, tzinfo=timezone.utc)

def when():
    return T0 + timedelta(seconds=R.uniform(0, 3 * 365 * 86400))

def iso():
    return when().strftime('%Y-%m-%dT%H:%M:%SZ')

def iso_ms():
    return when().isoformat(timespec='milliseconds')

def date():
    return when().strftime('%Y-%m-%d')

def sec():
    return int(when().timestamp())

def ms():
    return int(when().timestamp() * 1000)

def us():
    return int(when().timestamp() * 1000000)

def secs():
    return str(sec())

def mss():
    return str(ms())

def born():
    return datetime(1940, 1, 1) + timedelta(days=R.randint(0, 25000))

def birth_iso():
    return born().strftime('%Y-%m-%d')

def birth_de():
    return born().strftime('%d.%m.%Y')

def birth_fr():
    return born().strftime('%d/%m/%Y')

def birth_us():
    return born().strftime('%m/%d/%Y')

def first(l):
    return lambda: R.choice(FIRST[l])

def last(l):
    return lambda: R.choice(LAST[l])

def full(l):
    def f():
        n = R.choice(FIRST[l])
        m = R.choice(LAST[l])
        if R.random() < 0.08:
            n += ' ' + R.choice(string.ascii_uppercase) + '.'
        if l == 'es':
            m += ' ' + R.choice(LAST[l])
        if R.random() < 0.04:
            n = (
                R.choice(
                    dict(
                        en=['Dr.', 'Mr', 'Mrs.'],
                        de=['Dr.', 'Frau', 'Herr'],
                        fr=['M.', 'Mme'],
                        es=['Sr.', 'Sra.'],
                        it=['Sig.', 'Dott.'],
                        pl=['Pan', 'Pani'],
                    )[l]
                )
                + ' '
                + n
            )
        return n + ' ' + m

    return f

def lastfirst(l):
    return lambda: R.choice(LAST[l]) + ', ' + R.choice(FIRST[l])

def upper(f):
    return lambda: f().upper()

def lower(f):
    return lambda: f().lower()

def ascii_(s):
    s = s.replace('ß', 'ss').replace('ł', 'l').replace('Ł', 'L').replace('ı', 'i')
    return unicodedata.normalize('NFKD', s).encode('ascii', 'ignore').decode()

def slug(s):
    return ''.join(c for c in ascii_(s).lower() if c.isalnum() or c in '.-')

def email(l='en'):
    def f():
        a, b = slug(R.choice(FIRST[l])), slug(R.choice(LAST[l]))
        u = R.choice([a + '.' + b, a[0] + b, a + digits(2), b, a + '_' + b, a + '+shop', b + '.' + a + digits(3)])
        e = u + '@' + R.choice(DOM[l])
        if R.random() < 0.05:
            e = e.upper() if R.random() < 0.3 else e.title()
        return e

    return f

def handle(l='en'):
    def f():
        a, b = slug(R.choice(FIRST[l])), slug(R.choice(LAST[l]))
        return R.choice(
            [
                a + digits(2),
                a + '_' + b,
                a[0] + b,
                b + a[0],
                'x' + a + 'x',
                R.choice(['dark', 'super', 'happy', 'pixel', 'neo'])
                + R.choice(['wolf', 'cat', 'panda', 'ninja'])
                + digits(R.randint(0, 4)),
                a + '.' + b,
            ]
        )

    return f

def phone(l):
    P = dict(
        en=[
            '+1 (###) ###-####',
            '+1-###-###-####',
            '(###) ###-####',
            '+44 7### ######',
            '07### ######',
            '+1##########',
            '###-###-####',
            '+44 20 7### ####',
        ],
        de=[
            '+49 17# #######',
            '0049 151 ########',
            '017# #######',
            '+49 (0) 89 ######',
            '030/#######',
            '0171-#######',
            '+4915########',
        ],
        fr=[
            '+33 6 ## ## ## ##',
            '06 ## ## ## ##',
            '06########',
            '01.##.##.##.##',
            '+336########',
            '+33 (0)1 ## ## ## ##',
        ],
        es=['+34 6## ### ###', '6## ## ## ##', '91 ### ## ##', '+346########', '6########', '+34-9##-###-###'],
        it=['+39 3## #######', '3## ### ####', '06 ########', '+393#########', '3#########', '02-#######'],
        pl=['+48 5## ### ###', '5##-###-###', '5########', '22 ### ## ##', '+485########', '0048 6## ### ###'],
    )
    ps = [pat(p.replace('(###)', '(2##)').replace('-###-', '-2##-') if l == 'en' else p) for p in P[l]]
    return one(*ps)

def e164():
    return one(
        pat('+1415#######'),
        pat('+49151########'),
        pat('+336########'),
        pat('+346########'),
        pat('+485########'),
        pat('+3934########'),
    )()

def ip4():
    while 1:
        a = R.randint(1, 223)
        if a in (10, 127, 169, 172, 192):
            continue
        return '%d.%d.%d.%d' % (a, R.randint(0, 255), R.randint(0, 255), R.randint(1, 254))

def ip6():
    return (
        R.choice(['2001:db8:', '2a02:8109:', '2600:1700:', '2a01:cb04:'])
        + ':'.join('%x' % R.randint(0, 65535) for _ in range(5))
        + ':'
        + '%x' % R.randint(1, 65535)
    )

def ip6z():
    return '2a02:' + '%x' % R.randint(1, 65535) + '::' + '%x' % R.randint(1, 65535)

def ip():
    return ip4() if R.random() < 0.8 else one(ip6, ip6z)()

def ip10():
    return '10.%d.%d.%d' % (R.randint(0, 255), R.randint(0, 255), R.randint(1, 254))

def ip192():
    return '192.168.%d.%d' % (R.randint(0, 5), R.randint(2, 254))

def mac():
    return ':'.join('%02x' % R.randint(0, 255) for _ in range(6))

def mac_dash():
    return '-'.join('%02X' % R.randint(0, 255) for _ in range(6))

def luhn(s):
    t = 0
    for i, c in enumerate(reversed(s)):
        d = int(c)
        if i % 2:
            d = d * 2 - 9 if d > 4 else d * 2
        t += d
    return t % 10 == 0

def card():
    p, n = R.choice([('4', 16), ('51', 16), ('5412', 16), ('37', 15), ('6011', 16), ('4', 16)])
    while 1:
        s = p + digits(n - len(p))
        if luhn(s):
            return s

def card_sp():
    s = card()
    return ' '.join(s[i : i + 4] for i in range(0, len(s), 4)) if len(s) == 16 else s

def iban(cc=None):
    cc2 = cc or R.choice(['DE', 'ES', 'PL', 'AT', 'FR', 'IT', 'GB', 'NL'])
    b = dict(
        DE=lambda: digits(18),
        ES=lambda: digits(20),
        PL=lambda: digits(24),
        AT=lambda: digits(16),
        FR=lambda: digits(10) + alnum(11)() + digits(2),
        IT=lambda: alnum(1, string.ascii_uppercase)() + digits(22),
        GB=lambda: alnum(4, string.ascii_uppercase)() + digits(14),
        NL=lambda: alnum(4, string.ascii_uppercase)() + digits(10),
    )[cc2]()
    n = int(''.join(str(int(c, 36)) for c in b + cc2 + '00'))
    return cc2 + '%02d' % (98 - n % 97) + b

def iban_sp(cc=None):
    s = iban(cc)
    return ' '.join(s[i : i + 4] for i in range(0, len(s), 4))

def IBAN(cc):
    return lambda: iban(cc)

def IBANS(cc):
    return lambda: iban_sp(cc)

def ssn():
    return '%03d-%02d-%04d' % (R.choice([i for i in range(1, 899) if i != 666]), R.randint(1, 99), R.randint(1, 9999))

def dni():
    n = R.randint(10000000, 99999999)
    return '%d%s' % (n, 'TRWAGMYFPDXBNJZSQVHLCKE'[n % 23])

def nir():
    s = R.choice('12') + '%02d%02d%02d' % (R.randint(40, 99), R.randint(1, 12), R.randint(1, 95)) + digits(6)
    return s + '%02d' % (97 - int(s) % 97)

def b64u(b):
    return base64.urlsafe_b64encode(b).decode().rstrip('=')

def jwt():
    h = b64u(b'{"alg":"RS256","typ":"JWT"}')
    p = b64u(json.dumps({'sub': digits(8), 'iat': sec()}).encode())
    return h + '.' + p + '.' + b64u(R.randbytes(64))

def sha1():
    return hx(40)()

def sha256():
    return hx(64)()

def md5():
    return hx(32)()

def semver():
    return '%d.%d.%d' % (R.randint(0, 12), R.randint(0, 30), R.randint(0, 20))

def ver4():
    return '%d.%d.%d.%d' % (R.randint(1, 12), R.randint(0, 30), R.randint(0, 20), R.randint(0, 9))

def chromever():
    return '%d.0.%d.%d' % (R.randint(90, 130), R.randint(4000, 7000), R.randint(10, 220))

def isbn13():
    s = '978' + digits(9)
    return s + str((10 - sum(int(c) * (1 if i % 2 == 0 else 3) for i, c in enumerate(s)) % 10) % 10)

def isbn_dash():
    s = isbn13()
    return '-'.join([s[:3], s[3], s[4:7], s[7:12], s[12]])

def isbn10():
    s = digits(9)
    c = (11 - sum(int(d) * (10 - i) for i, d in enumerate(s)) % 11) % 11
    return s + ('X' if c == 10 else str(c))

def ean13():
    s = R.choice(['400', '401', '590', '302', '841', '800', '501']) + digits(9)
    return s + str((10 - sum(int(c) * (1 if i % 2 == 0 else 3) for i, c in enumerate(s)) % 10) % 10)

def ups():
    return '1Z' + alnum(16)()

def dhl():
    return '00340' + digits(15)

def fedex():
    return D(12)()

def hexcol():
    return '#' + hx(6)()

def zipc(l):
    return dict(
        en=one(D(5), pat('@@# #@@'), pat('SW1A #@@')),
        de=D(5),
        fr=lambda: '%05d' % R.randint(1000, 95999),
        es=lambda: '%05d' % R.randint(1000, 52999),
        it=lambda: '%05d' % R.randint(10, 98199),
        pl=pat('##-###'),
    )[l]

def street(l):
    def f():
        s = R.choice(STREET[l])
        n = str(R.randint(1, 220))
        if l in ('en', 'fr'):
            return n + ' ' + s
        if l == 'es':
            return s + ', ' + n
        return s + ' ' + n + (R.choice(['', '', 'a', ' m. 4']) if l == 'pl' else '')

    return f

def address(l):
    return lambda: street(l)() + ', ' + zipc(l)() + ' ' + R.choice(CITY[l])

def city(l):
    return ch(CITY[l])

def lat():
    return round(R.uniform(36, 60), 6)

def lon():
    return round(R.uniform(-10, 25), 6)

def ua():
    return R.choice(
        [
            'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%s Safari/537.36'
            % chromever(),
            'Mozilla/5.0 (iPhone; CPU iPhone OS 17_%d like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.%d Mobile/15E148 Safari/604.1'
            % (R.randint(0, 6), R.randint(0, 6)),
            'okhttp/4.%d.0' % R.randint(0, 12),
            'Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d.0'
            % (R.randint(100, 130), R.randint(100, 130)),
        ]
    )

def prod(l):
    return ch(PROD[l])

def text(l):
    return ch(TEXT[l])

def text_p(l, share=0.25):
    cc = dict(en='GB', de='DE', fr='FR', es='ES', it='IT', pl='PL')[l]
    intl = dict(
        en=pat('+1 415 ### ####'),
        de=pat('+49 171 #######'),
        fr=pat('+33 6 ## ## ## ##'),
        es=pat('+34 6## ### ###'),
        it=pat('+39 3## #######'),
        pl=pat('+48 5## ### ###'),
    )[l]

    def f():
        t = R.choice(TEXT[l])
        if R.random() < share:
            t += ' ' + R.choice(TELL[l]).format(p=intl(), e=email(l)(), i=iban_sp(cc))
        return t

    return f

OK = ch('ok', 'failed', 'pending', 'done')
LOC = ch('en_US', 'de-DE', 'fr_FR', 'pl', 'es-ES', 'RU', 'it_IT')
OSS = ch('android', 'ios', 'windows', 'linux')
CC = ch('DE', 'FR', 'US', 'GB', 'PL', 'ES', 'IT')
CUR = ch('EUR', 'USD', 'PLN', 'GBP')
AMT = fl(1, 900)

def agefam():
    return R.choice(['Chrome', 'Safari', 'Firefox', 'Edge', 'Samsung Internet', 'Mobile Safari'])

def co(l):
    return ch(CO[l])
