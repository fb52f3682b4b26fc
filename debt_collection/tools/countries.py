"""The time zones of countries, and of their states where there are several."""

from functools import lru_cache

from .clock import known
from .tz_database import zone_table

# By zone, the ISO 3166-2 codes of the states in which it is in force, as Odoo has them.
# A state that is divided stands under each of its zones; those whose clocks have agreed
# since 2024 are named once.  Source: the tz database's zone.tab and its comments.
SUBDIVISIONS = {
    "US": {
        "America/New_York": "CT DC DE FL GA KY MA MD ME NC NH NJ NY OH PA RI SC TN VA "
        "VT WV",
        "America/Detroit": "MI",
        "America/Indiana/Indianapolis": "IN",
        "America/Chicago": "AL AR FL IA IL IN KS KY LA MI MN MO MS ND NE OK SD TN TX "
        "WI",
        "America/Denver": "AZ CO KS MT ND NE NM NV SD TX UT WY",
        "America/Boise": "ID OR",
        "America/Phoenix": "AZ",
        "America/Los_Angeles": "CA ID NV OR WA",
        "America/Anchorage": "AK",
        "America/Adak": "AK",
        "Pacific/Honolulu": "HI",
        "America/Puerto_Rico": "PR",
        "America/St_Thomas": "VI",
        "Pacific/Pago_Pago": "AS",
        "Pacific/Guam": "GU",
        "Pacific/Saipan": "MP",
        "Pacific/Palau": "PW",
        "Pacific/Majuro": "MH",
        "Pacific/Chuuk": "FM",
        "Pacific/Pohnpei": "FM",
    },
    "CA": {
        "America/St_Johns": "NL",
        "America/Goose_Bay": "NL",
        "America/Halifax": "NS PE QC",
        "America/Moncton": "NB",
        "America/Blanc-Sablon": "QC",
        "America/Toronto": "ON QC",
        "America/Atikokan": "NU ON",
        "America/Iqaluit": "NU",
        "America/Winnipeg": "MB ON",
        "America/Rankin_Inlet": "NU",
        "America/Regina": "SK",
        "America/Edmonton": "AB BC NT SK",
        "America/Cambridge_Bay": "NU",
        "America/Inuvik": "NT",
        "America/Dawson_Creek": "BC",
        "America/Whitehorse": "YT",
        "America/Vancouver": "BC",
    },
    "AU": {
        "Australia/Lord_Howe": "NSW",
        "Australia/Sydney": "ACT NSW",
        "Australia/Broken_Hill": "NSW",
        "Australia/Melbourne": "VIC",
        "Australia/Hobart": "TAS",
        "Australia/Brisbane": "QLD",
        "Australia/Adelaide": "SA",
        "Australia/Darwin": "NT",
        "Australia/Eucla": "WA",
        "Australia/Perth": "WA",
    },
    "BR": {
        "America/Noronha": "PE",
        "America/Recife": "PE",
        "America/Fortaleza": "CE MA PB PI RN",
        "America/Belem": "AP PA",
        "America/Maceio": "AL SE",
        "America/Bahia": "BA",
        "America/Araguaina": "TO",
        "America/Sao_Paulo": "DF ES GO MG PR RJ RS SC SP",
        "America/Cuiaba": "MT",
        "America/Campo_Grande": "MS",
        "America/Porto_Velho": "RO",
        "America/Boa_Vista": "RR",
        "America/Manaus": "AM",
        "America/Eirunepe": "AM",
        "America/Rio_Branco": "AC",
    },
    "RU": {
        "Europe/Kaliningrad": "KGD",
        "Europe/Moscow": "AD ARK BEL BRY CE CU DA IN IVA KB KC KDA KL KLU KO KOS KR "
        "KRS LEN LIP ME MO MOS MOW MUR NEN NGR NIZ ORL PNZ PSK ROS RYA SE SMO SPE STA "
        "TA TAM TUL TVE VLA VLG VOR YAR",
        "Europe/Kirov": "KIR",
        "Europe/Volgograd": "VGG",
        "Europe/Astrakhan": "AST",
        "Europe/Saratov": "SAR",
        "Europe/Ulyanovsk": "ULY",
        "Europe/Samara": "SAM UD",
        "Asia/Yekaterinburg": "BA CHE KGN KHM ORE PER SVE TYU YAN",
        "Asia/Omsk": "OMS",
        "Asia/Novosibirsk": "NVS",
        "Asia/Barnaul": "AL ALT",
        "Asia/Tomsk": "TOM",
        "Asia/Novokuznetsk": "KEM",
        "Asia/Krasnoyarsk": "KK KYA TY",
        "Asia/Irkutsk": "BU IRK",
        "Asia/Chita": "ZAB",
        "Asia/Yakutsk": "AMU SA",
        "Asia/Vladivostok": "KHA PRI SA YEV",
        "Asia/Magadan": "MAG",
        "Asia/Sakhalin": "SAK",
        "Asia/Srednekolymsk": "SA",
        "Asia/Kamchatka": "KAM",
        "Asia/Anadyr": "CHU",
    },
    "MX": {
        "America/Cancun": "ROO",
        "America/Merida": "CAM YUC",
        "America/Mexico_City": "AGU CHP CMX COL GRO GUA HID JAL MEX MIC MOR OAX PUE "
        "QUE SLP TAB TLA VER ZAC",
        "America/Monterrey": "COA DUR NLE TAM",
        "America/Matamoros": "COA NLE TAM",
        "America/Bahia_Banderas": "NAY",
        "America/Chihuahua": "CHH",
        "America/Ojinaga": "CHH",
        "America/Ciudad_Juarez": "CHH",
        "America/Mazatlan": "BCS NAY SIN",
        "America/Hermosillo": "SON",
        "America/Tijuana": "BCN",
    },
    # Odoo ships no Kazakh regions: the codes of today, then those before 2018.
    "KZ": {
        "Asia/Almaty": "10 11 19 31 33 35 55 59 61 62 63 71 75 79 "
        "AKM ALA ALM AST KAR PAV SEV SHY VOS YUZ ZHA",
        "Asia/Aqtobe": "15 AKT",
        "Asia/Atyrau": "23 ATY",
        "Asia/Oral": "27 ZAP",
        "Asia/Qostanay": "39 KUS",
        "Asia/Qyzylorda": "43 KZY",
        "Asia/Aqtau": "47 MAN",
    },
    "CL": {
        "America/Santiago": "AN AP AR AT BI CO LI LL LR ML NB RM TA VS",
        "America/Coyhaique": "AI",
        "America/Punta_Arenas": "MA",
        "Pacific/Easter": "VS",
    },
    # China has one legal time; in Xinjiang many set their watches by another.
    "CN": {
        "Asia/Shanghai": "京 沪 浙 津 皖 闽 渝 赣 鲁 豫 蒙 鄂 新 湘 宁 粤 藏 琼 桂 "
        "蜀 冀 黔 晋 滇 辽 陕 吉 甘 黑 青 苏",
        "Asia/Urumqi": "新",
    },
    "ES": {
        "Europe/Madrid": "A AB AL AV B BA BI BU C CA CC CE CO CR CS CU GI GR GU H HU J "
        "L LE LO LU M MA ME MU NA O OR P PM PO S SA SE SG SO SS T TE TO V VA VI Z ZA",
        "Atlantic/Canary": "GC TF",
    },
    "PT": {
        "Europe/Lisbon": "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 30",
        "Atlantic/Azores": "20",
    },
    "MN": {
        "Asia/Ulaanbaatar": "01 03 04 05 06 07 08 09 10 11 12 13 14 17 18 19 20 23 24 "
        "25 26 27 28 29 32 34 35",
        "Asia/Hovd": "02 15 16",
    },
    "ID": {
        "Asia/Jakarta": "AC BB BE BT JA JB JI JK JT KR LA RI SB SS SU YO",
        "Asia/Pontianak": "KB KT",
        "Asia/Makassar": "BA GO KI KS KU NB NT SA SG SN SR ST",
        "Asia/Jayapura": "MA MU PA PB PD PE PS PT",
    },
}
MISSING = {"XK": ["Europe/Belgrade"]}
"""Countries that the tz database's table leaves out."""


def country_zones(code: str) -> tuple[str, ...]:
    """Return the zones of an ISO country, empty when it is unknown.

    >>> country_zones("DE")[0], country_zones("??")
    ('Europe/Berlin', ())
    """
    return _known_zones((code or "").upper())


def all_countries() -> dict[str, list[str]]:
    """Return the zones of every country, as the tz database has them.

    >>> all_countries()["BE"]
    ['Europe/Brussels']
    """
    return dict(_countries())


def subdivision_zones(country: str, subdivision_code: str) -> tuple[str, ...]:
    """Return the zones of a state as Odoo codes it.

    Empty when it is unknown, or its country is not one of those listed here.

    >>> subdivision_zones("US", "TX")
    ('America/Chicago', 'America/Denver')
    """
    country = (country or "").upper()
    code = (subdivision_code or "").upper().removeprefix(f"{country}-")
    return _subdivisions(country).get(code, ())


@lru_cache(maxsize=64)
def _subdivisions(country: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, codes in SUBDIVISIONS.get(country, {}).items():
        for code in codes.split():
            found[code] = (*found.get(code, ()), *known([name]))
    return found


@lru_cache(maxsize=512)
def _known_zones(code: str) -> tuple[str, ...]:
    return known(_countries().get(code, ()))


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in zone_table().splitlines():
        if line and not line.startswith("#"):
            code, _, name, *_ = line.split("\t")
            found.setdefault(code, []).append(name)
    return MISSING | (found or _from_pytz())


def _from_pytz() -> dict[str, list[str]]:
    """Without either table: Odoo requires pytz, which has its own."""
    from pytz import country_timezones

    return dict(country_timezones)
