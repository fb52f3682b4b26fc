"""Time zones by postal code and by town, where a state or country has several.

Only what is certain is listed; what is not, narrows nothing.  The longest prefix that
fits a postal code decides; one on both sides of a border stands under both zones.
Sources: the postal services' tables of prefixes, the tz database's notes on counties.
"""

import unicodedata
from functools import lru_cache

from .clock import known

POSTCODES = {
    "US": {
        "America/New_York": "005 01 02 03 04 05 06 07 08 1 2 30 31 398 399 "
        "320 321 322 323 324 326 327 328 329 33 341 342 344 346 347 349 "  # Florida
        "373 374 376 377 378 379 "  # Tennessee
        "400 401 402 403 404 405 406 407 408 409 41 425 426 427 "  # Kentucky
        "43 44 45 "
        "460 461 462 465 466 467 468 469 470 471 472 473 474 475 478 479 "  # Indiana
        "48 490 491 492 493 494 495 496 497 498 499",  # Michigan
        "America/Chicago": "324 3240 3241 325 35 36 370 371 372 373 375 377 378 380 "
        "381 382 383 384 385 386 387 388 389 39 401 420 421 422 423 424 425 426 427 "
        "463 464 465 475 476 477 479 498 499 50 51 52 53 54 55 56 "
        "570 571 572 573 574 575 576 "  # South Dakota
        "580 581 582 583 584 585 586 587 588 "  # North Dakota
        "60 61 62 63 64 65 660 661 662 663 664 665 666 667 668 669 670 671 672 673 "
        "674 675 676 677 678 679 "  # Kansas
        "680 681 683 684 685 686 687 688 689 690 691 692 "  # Nebraska
        "70 71 72 73 74 75 76 77 78 790 791 792 793 794 795 796 797 798",  # Texas
        "America/Denver": "575 576 577 585 586 588 59 677 678 690 691 692 693 798 799 "
        "80 81 820 821 822 823 824 825 826 827 828 829 830 831 "
        "832 833 834 835 836 837 84 860 865 870 871 872 873 874 875 877 878 879 88 "
        "885 898 979",
        "America/Phoenix": "850 851 852 853 855 856 857 859 860 863 864 865",
        "America/Los_Angeles": "835 838 889 890 891 893 894 895 897 898 90 91 92 93 94 "
        "95 960 961 970 971 972 973 974 975 976 977 978 979 98 99",
        "America/Anchorage": "995 996 997 998 999",
        "America/Adak": "995",
        "Pacific/Honolulu": "967 968",
        "America/Puerto_Rico": "006 007 008 009",
        "Pacific/Pago_Pago": "96799",
    },
    "CA": {
        "America/St_Johns": "A A1 A5 A8",
        "America/Goose_Bay": "A A0R A2V",
        "America/Halifax": "B C G4T",
        "America/Moncton": "E",
        "America/Toronto": "G1 G2 G3 G4 G5 G6 G7 G8 G9 H J K L M N P1 P2 P3 P4 P5 P6 "
        "P7",
        "America/Winnipeg": "P8N P8T P9A P9N R",
        "America/Regina": "S4 S6 S7",
        "America/Edmonton": "S9V T V1A V1C X1A",
        "America/Dawson_Creek": "V1G V1J",
        "America/Iqaluit": "X0A",
        "America/Cambridge_Bay": "X0B",
        "America/Rankin_Inlet": "X0C",
        "America/Atikokan": "X0C",
        "America/Vancouver": "V1E V1H V1K V1L V1N V1P V1R V1S V1T V1V V1W V1X V1Y V1Z "
        "V2 V3 V4 V5 V6 V7 V8 V9",
        "America/Whitehorse": "Y",
    },
    "AU": {
        "Australia/Sydney": "1 2 437 438 2880",
        "Australia/Broken_Hill": "2880",
        "Australia/Lord_Howe": "2898",
        "Australia/Melbourne": "3",
        "Australia/Brisbane": "4 9",
        "Australia/Adelaide": "5 0872",
        "Australia/Darwin": "08 09 0872",
        "Australia/Perth": "6 0872 6443",
        "Australia/Eucla": "6443",
        "Australia/Hobart": "7",
    },
    "BR": {
        "America/Recife": "50 51 52 53 54 55 56",
        "America/Noronha": "53990",
        "America/Manaus": "690",
        "America/Sao_Paulo": "0 1 2 3 4 57 58 59 60 61 62 63 64 65 66 67 68 70 71 72 "
        "73 74 75 760 761 762 763 764 765 766 767 77 8 9",
        "America/Cuiaba": "780 781 782 783 784 785 786 787",
        "America/Campo_Grande": "79",
        "America/Porto_Velho": "768 769",
        "America/Boa_Vista": "693",
        "America/Rio_Branco": "699",
    },
    # The first three figures tell the subject of the federation.
    "RU": {
        "Europe/Moscow": "1 2 3 400 401 402 403 404 42 430 431 440 441 442 "
        "600 601 602 603 604 605 606 607 61",
        "Europe/Kaliningrad": "236 237 238",
        "Europe/Saratov": "410 411 412 413 414 415 416 432 433",
        "Europe/Samara": "426 427 443 444 445 446",
        "Asia/Yekaterinburg": "45 460 461 462 614 615 616 617 618 619 62 640 641",
        "Asia/Omsk": "644 645 646",
        "Asia/Krasnoyarsk": "630 631 632 633 634 635 636 647 648 649 65 660 661 662 "
        "663 667 668",
        "Asia/Irkutsk": "664 665 666 670 671",
        "Asia/Yakutsk": "672 673 674 675 676 677 678",
        "Asia/Vladivostok": "678 679 680 681 682 690 691 692",
        "Asia/Srednekolymsk": "678",
        "Asia/Magadan": "685 686 693 694",
        "Asia/Kamchatka": "683 684 688 689",
    },
    "ID": {
        "Asia/Jakarta": "1 2 3 4 5 6 73 74 78 79",
        "Asia/Makassar": "70 71 72 75 76 77 8 90 91 92 93 94 95 96",
        "Asia/Jayapura": "97 98 99",
    },
    "MX": {
        "America/Mexico_City": "0 1 64 66 67 25 27 31 33 89",
        "America/Cancun": "77",
        "America/Ciudad_Juarez": "320 321 322 323 324 325 326",
        "America/Matamoros": "873 874 875 880 885 886 887",
        "America/Tijuana": "21 22",
        "America/Mazatlan": "23 80 81 82 83 84 85",
    },
    "ES": {
        "Europe/Madrid": "0 1 2 30 31 32 33 34 36 37 39 4 5",
        "Atlantic/Canary": "35 38",
    },
    "PT": {
        "Europe/Lisbon": "1 2 3 4 5 6 7 8 90 91 92 93 94",
        "Atlantic/Azores": "95 96 97 98 99",
    },
}

TOWNS = {
    ("US", "AK"): {"America/Anchorage": "Anchorage, Fairbanks, Juneau, Wasilla"},
    ("US", "AZ"): {
        "America/Phoenix": "Phoenix, Tucson, Mesa, Chandler, Scottsdale, Glendale, "
        "Gilbert, Tempe, Peoria, Surprise, Yuma, Flagstaff, Prescott",
        "America/Denver": "Window Rock, Tuba City, Kayenta, Chinle",
    },
    ("US", "FL"): {
        "America/New_York": "Miami, Jacksonville, Tampa, Orlando, St Petersburg, "
        "Saint Petersburg, Hialeah, Tallahassee, Fort Lauderdale, Gainesville",
        "America/Chicago": "Pensacola, Panama City, Fort Walton Beach, Destin, "
        "Crestview",
    },
    ("US", "ID"): {
        "America/Boise": "Boise, Meridian, Nampa, Idaho Falls, Pocatello, Twin Falls",
        "America/Los_Angeles": "Coeur d'Alene, Lewiston, Moscow, Post Falls",
    },
    ("US", "IN"): {
        "America/Indiana/Indianapolis": "Indianapolis, Fort Wayne, South Bend, "
        "Bloomington, Lafayette, Muncie, Terre Haute",
        "America/Chicago": "Gary, Hammond, Merrillville, Valparaiso, Michigan City, "
        "Evansville, Tell City, Knox, Rensselaer",
    },
    ("US", "KS"): {
        "America/Chicago": "Wichita, Kansas City, Topeka, Overland Park, Olathe, "
        "Dodge City, Colby",
        "America/Denver": "Goodland, Sharon Springs, Syracuse, Tribune",
    },
    ("US", "KY"): {
        "America/New_York": "Louisville, Lexington, Covington, Frankfort, Somerset, "
        "Elizabethtown, London",
        "America/Chicago": "Bowling Green, Owensboro, Paducah, Hopkinsville, Henderson",
    },
    ("US", "MI"): {
        "America/Detroit": "Detroit, Grand Rapids, Lansing, Ann Arbor, Flint, "
        "Marquette, Escanaba",
        "America/Chicago": "Ironwood, Iron Mountain, Menominee, Iron River",
    },
    ("US", "ND"): {
        "America/Chicago": "Fargo, Bismarck, Grand Forks, Minot, Williston, Mandan",
        "America/Denver": "Dickinson, Bowman, Hettinger, Medora",
    },
    ("US", "NE"): {
        "America/Chicago": "Omaha, Lincoln, Bellevue, Grand Island, Kearney, "
        "North Platte",
        "America/Denver": "Scottsbluff, Ogallala, Alliance, Sidney, Chadron",
    },
    ("US", "NV"): {
        "America/Los_Angeles": "Las Vegas, Henderson, Reno, Carson City, Sparks, Elko",
        "America/Denver": "West Wendover",
    },
    ("US", "OR"): {
        "America/Los_Angeles": "Portland, Salem, Eugene, Gresham, Bend, Medford, "
        "Baker City",
        "America/Boise": "Ontario, Nyssa, Vale",
    },
    ("US", "SD"): {
        "America/Chicago": "Sioux Falls, Aberdeen, Brookings, Mitchell, Pierre",
        "America/Denver": "Rapid City, Spearfish, Sturgis, Deadwood, Fort Pierre",
    },
    ("US", "TN"): {
        "America/Chicago": "Nashville, Memphis, Clarksville, Murfreesboro, Jackson, "
        "Cookeville, Crossville",
        "America/New_York": "Knoxville, Chattanooga, Johnson City, Kingsport, "
        "Oak Ridge",
    },
    ("US", "TX"): {
        "America/Chicago": "Houston, Dallas, San Antonio, Austin, Fort Worth, "
        "Arlington, Corpus Christi, Laredo, Lubbock, Amarillo, Midland, Odessa",
        "America/Denver": "El Paso, Socorro, Horizon City",
    },
    ("CA", "BC"): {
        "America/Vancouver": "Vancouver, Victoria, Surrey, Burnaby, Kelowna, Kamloops, "
        "Prince George, Nanaimo",
        "America/Edmonton": "Cranbrook, Golden, Kimberley, Fernie, Invermere",
        "America/Dawson_Creek": "Dawson Creek, Fort St John, Fort Saint John",
    },
    ("CA", "NL"): {
        "America/St_Johns": "St John's, Saint John's, Corner Brook, Gander, Mount "
        "Pearl",
        "America/Goose_Bay": "Labrador City, Wabush, Happy Valley-Goose Bay",
    },
    ("CA", "NU"): {
        "America/Iqaluit": "Iqaluit",
        "America/Rankin_Inlet": "Rankin Inlet, Arviat, Baker Lake",
        "America/Cambridge_Bay": "Cambridge Bay, Kugluktuk",
    },
    ("CA", "ON"): {
        "America/Toronto": "Toronto, Ottawa, Mississauga, Brampton, Hamilton, London, "
        "Markham, Windsor, Sudbury, Thunder Bay",
        "America/Winnipeg": "Kenora, Dryden, Fort Frances, Sioux Lookout",
        "America/Atikokan": "Atikokan",
    },
    ("CA", "QC"): {
        "America/Toronto": "Montreal, Quebec, Laval, Gatineau, Longueuil, Sherbrooke, "
        "Trois-Rivieres, Saguenay, Levis",
    },
    ("CA", "SK"): {
        "America/Regina": "Regina, Saskatoon, Prince Albert, Moose Jaw",
        "America/Edmonton": "Lloydminster",
    },
    ("AU", "NSW"): {
        "Australia/Sydney": "Sydney, Newcastle, Wollongong, Albury, Wagga Wagga",
        "Australia/Broken_Hill": "Broken Hill",
        "Australia/Lord_Howe": "Lord Howe Island",
    },
    ("AU", "WA"): {"Australia/Perth": "Perth, Fremantle, Bunbury, Geraldton, Broome"},
    ("BR", "AM"): {
        "America/Manaus": "Manaus, Parintins, Itacoatiara, Manacapuru",
        "America/Eirunepe": "Eirunepe, Tabatinga, Benjamin Constant, Envira, Ipixuna",
    },
    ("BR", "PE"): {
        "America/Recife": "Recife, Olinda, Caruaru, Petrolina, Jaboatao dos Guararapes",
        "America/Noronha": "Fernando de Noronha",
    },
    ("RU", "SA"): {
        "Asia/Yakutsk": "Yakutsk, Якутск, Neryungri, Нерюнгри, Mirny, Мирный, Aldan, "
        "Алдан, Lensk, Ленск, Udachny, Удачный, Vilyuysk, Вилюйск",
        "Asia/Vladivostok": "Verkhoyansk, Верхоянск, Ust-Nera, Усть-Нера",
        "Asia/Srednekolymsk": "Srednekolymsk, Среднеколымск, Chersky, Черский",
    },
    ("MX", "CHH"): {
        "America/Chihuahua": "Chihuahua, Delicias, Cuauhtemoc, Hidalgo del Parral",
        "America/Ciudad_Juarez": "Juarez, Ciudad Juarez",
        "America/Ojinaga": "Ojinaga",
    },
    ("MX", "COA"): {
        "America/Monterrey": "Saltillo, Torreon, Monclova",
        "America/Matamoros": "Piedras Negras, Ciudad Acuna",
    },
    ("MX", "NAY"): {"America/Mazatlan": "Tepic"},
    ("MX", "NLE"): {"America/Monterrey": "Monterrey, Guadalupe, Apodaca, San Nicolas"},
    ("MX", "TAM"): {
        "America/Monterrey": "Ciudad Victoria, Tampico, Ciudad Madero, Altamira",
        "America/Matamoros": "Reynosa, Matamoros, Nuevo Laredo, Rio Bravo",
    },
}


def postcode_zones(country: str, code: str) -> tuple[str, ...]:
    """Return the zones in which a postal code may be, empty when it tells nothing.

    >>> postcode_zones("US", "79901"), postcode_zones("US", "79830")
    (('America/Denver',), ('America/Chicago', 'America/Denver'))
    >>> postcode_zones("RU", "236022"), postcode_zones("DE", "10115")
    (('Europe/Kaliningrad',), ())
    """
    table = _by_prefix((country or "").upper())
    code = "".join(filter(str.isalnum, (code or "").upper()))
    prefixes = (code[:end] for end in range(min(len(code), 5), 0, -1))
    return next((table[one] for one in prefixes if one in table), ())


def town_zones(country: str, state: str, town: str) -> tuple[str, ...]:
    """Return the zones of a well-known town in a state that has several.

    >>> town_zones("CA", "QC", "Montréal"), town_zones("US", "ID", "COEUR D’ALENE")
    (('America/Toronto',), ('America/Los_Angeles',))
    """
    table = _by_town((country or "").upper(), (state or "").upper())
    return table.get(_plain(town or ""), ())


def _plain(name: str) -> str:
    """Reduce a name to what people agree on: letters, without their accents.

    >>> _plain("  Fort  St. John"), _plain("Якутск"), _plain("São Paulo")
    ('fort st john', 'якутск', 'sao paulo')
    """
    parts = unicodedata.normalize("NFKD", name.casefold())
    letters = (c for c in parts if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


@lru_cache(maxsize=64)
def _by_prefix(country: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, prefixes in POSTCODES.get(country, {}).items():
        for prefix in prefixes.split():
            found[prefix] = (*found.get(prefix, ()), *known([name]))
    return found


@lru_cache(maxsize=256)
def _by_town(country: str, state: str) -> dict[str, tuple[str, ...]]:
    towns = TOWNS.get((country, state), {})
    return {
        _plain(town): known([name])
        for name, listed in towns.items()
        for town in listed.split(",")
    }
