"""The pictures of the guide: taken by its own test while it follows the steps, so they show what readers will see.

``make guide-pictures`` takes all of them anew.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

from cms_blocks.guide.tasks import Task

#: The part of the screen that a picture shows, in CSS pixels, around the marked control.
WIDTH, HEIGHT = 720, 420
WIDEST = 1.5
#: The window in which the tasks are done.
VIEWPORT = {"width": 1280, "height": 860}
ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"accounts": ROOT / "site/accounts", "website": ROOT / "site/website"}

MARK = """(box) => {
  const mark = document.createElement('div');
  mark.id = 'guide-mark';
  Object.assign(mark.style, {
    position: 'fixed', zIndex: 2147483647, pointerEvents: 'none', boxSizing: 'border-box', borderRadius: '12px',
    border: '4px solid #b53a1f', boxShadow: '0 0 0 3px #fff',
    left: `${box.x - 8}px`, top: `${box.y - 8}px`, width: `${box.width + 16}px`, height: `${box.height + 16}px`,
  });
  document.documentElement.append(mark);
}"""

# What a German browser writes on fields for files and days; the words are the browser's own, and this one speaks English.
WORDS = """() => {
  for (const field of document.querySelectorAll('input[type=date]')) {
    if (!field.checkVisibility()) continue;
    const box = field.getBoundingClientRect();
    const words = document.createElement('div');
    words.className = 'guide-browser-words';
    words.textContent = field.value ? new Date(field.value).toLocaleDateString('de') : 'tt.mm.jjjj';
    Object.assign(words.style, {
      position: 'fixed', zIndex: 2147483646, background: '#fff', display: 'flex', alignItems: 'center',
      font: getComputedStyle(field).font, color: '#171c2e',
      left: `${box.x + 16}px`, top: `${box.y + 4}px`, width: `${box.width - 60}px`, height: `${box.height - 8}px`,
    });
    document.documentElement.append(words);
  }
  for (const field of document.querySelectorAll('input[type=file]')) {
    if (!field.checkVisibility() || getComputedStyle(field).opacity === '0') continue;
    const box = field.getBoundingClientRect();
    const words = document.createElement('div');
    words.className = 'guide-browser-words';
    words.textContent = 'Datei auswählen   ' + (field.files[0]?.name || 'Keine Datei ausgewählt');
    Object.assign(words.style, {
      position: 'fixed', zIndex: 2147483646, background: '#fff', whiteSpace: 'pre', display: 'flex',
      alignItems: 'center', font: '1rem "Noto Sans", sans-serif', color: '#171c2e',
      left: `${box.x + 16}px`, top: `${box.y + 2}px`, width: `${box.width - 32}px`, height: `${box.height - 4}px`,
    });
    document.documentElement.append(words);
  }
}"""
CLEAR = "document.querySelectorAll('#guide-mark, .guide-browser-words').forEach(node => node.remove())"


def wanted() -> bool:
    return os.environ.get("GUIDE_PICTURES", "") == "1"


@dataclass(frozen=True, slots=True)
class Camera:
    """Takes the pictures of one task."""

    task: Task

    def take(self, page: Page, number: int, control: Locator | None) -> None:
        """The surroundings of ``control``, with a mark around it, before anything is done with it."""
        page.wait_for_load_state("networkidle")
        box = None
        if control is not None:
            control.evaluate("node => node.scrollIntoView({block: 'center', behavior: 'instant'})")
            page.wait_for_timeout(400)
            box = control.bounding_box()
        page.evaluate(WORDS)
        x, y = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) if box else (WIDTH / 2, HEIGHT / 2)
        if box:
            y = min(y, box["y"] + HEIGHT / 2)  # of something high its beginning
            page.evaluate(MARK, box)
        # Of something wide a larger part, drawn smaller.
        scale = min(max(1, (box["width"] + 60) / WIDTH), WIDEST) if box else 1
        width, height = round(WIDTH * scale), round(HEIGHT * scale)
        clip = {
            "x": max(0, min(x - width / 2, VIEWPORT["width"] - width)),
            "y": max(0, min(y - height / 2, VIEWPORT["height"] - height)),
            "width": width,
            "height": height,
        }
        pixels = Image.open(io.BytesIO(page.screenshot(clip=clip, animations="disabled", caret="hide")))
        page.evaluate(CLEAR)
        folder = FOLDERS.get(self.task.room, ROOT / self.task.room) / "static" / self.task.room / "guide"
        folder.mkdir(parents=True, exist_ok=True)
        pixels.convert("RGB").resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(
            folder / f"{self.task.name}-{number}.webp", quality=82, method=6
        )
