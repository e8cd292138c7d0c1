"""Read the caption files of this folder with other programs, and store what they find.

    pip install webvtt-py==0.6.0 srt==3.5.3
    python tests/interchange/data/read_captions.py

Both give the text of a cue; who speaks is taken from the voice (WebVTT) or stands in the text.
"""

import json
from pathlib import Path

import srt
import webvtt

HERE = Path(__file__).parent


def main() -> None:
    """Write captions.json: file -> [start, end, voice, text] of each cue."""
    voices = [[c.start, c.end, c.voice, c.text] for c in webvtt.read(str(HERE / "voices.vtt"))]
    plain = [
        [str(c.start), str(c.end), None, c.content]
        for c in srt.parse((HERE / "plain.srt").read_text())
    ]
    found = {"voices.vtt": voices, "plain.srt": plain}
    (HERE / "captions.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
