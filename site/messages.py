"""``make messages``: collect the texts of every room into its catalogues, and compile them.

Needs GNU gettext (``xgettext``) to collect; compiling works without. Compiled catalogues are committed, so that a fresh
machine needs neither.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ["cms_blocks", "governance", "toolkit", "procedures", "site/accounts", "site/website", "site/demo"]
LANGUAGES = ["de", "uk", "ar", "pl"]


def collect() -> None:
    """Run ``makemessages`` in each room. Obsolete texts are dropped, fuzzy guesses are not made."""
    options = ["--no-obsolete", "--add-location", "file", "-v0"]
    for room in ROOMS:
        folder = ROOT / room
        (folder / "locale").mkdir(exist_ok=True)
        languages = [part for code in LANGUAGES for part in ("-l", code)]
        subprocess.run(
            [sys.executable, "-m", "django", "makemessages", *languages, *options],
            cwd=folder,
            check=True,
            env={k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"},
        )
        for path in folder.glob("locale/*/LC_MESSAGES/django.po"):
            tidy(path)


def tidy(path: Path) -> None:
    """No dates that change with every run, no guesses; an empty catalogue is no file."""
    catalogue = polib.pofile(str(path), wrapwidth=120)
    for entry in catalogue:
        if entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.msgstr = ""
            entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, "")
    catalogue.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": path.parent.parent.name,
        "Plural-Forms": PLURALS[path.parent.parent.name],
    }
    catalogue.header = ""
    if len(catalogue):
        catalogue.save()
    else:
        shutil.rmtree(path.parent.parent)


def compile_all() -> None:
    """Write a ``.mo`` beside every ``.po``."""
    for room in ROOMS:
        for path in (ROOT / room).glob("locale/*/LC_MESSAGES/django.po"):
            polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))


# The rules that Django's own catalogues use.
PLURALS = {
    "de": "nplurals=2; plural=(n != 1);",
    "uk": "nplurals=4; plural=(n % 1 == 0 && n % 10 == 1 && n % 100 != 11 ? 0 : n % 1 == 0 && n % 10 >= 2 "
    "&& n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : n % 1 == 0 && (n % 10 ==0 || (n % 10 >=5 && n % 10 <=9) "
    "|| (n % 100 >=11 && n % 100 <=14 )) ? 2: 3);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 "
    ": n%100>=11 && n%100<=99 ? 4 : 5;",
    "pl": "nplurals=4; plural=(n==1 ? 0 : (n%10>=2 && n%10<=4) && (n%100<12 || n%100>14) ? 1 "
    ": n!=1 && (n%10>=0 && n%10<=1) || (n%10>=5 && n%10<=9) || (n%100>=12 && n%100<=14) ? 2 : 3);",
}


if __name__ == "__main__":
    if "--compile" not in sys.argv:
        if shutil.which("xgettext") is None:
            sys.exit("Error: xgettext is missing, so texts cannot be collected. Install gettext, or use --compile.")
        collect()
    compile_all()
