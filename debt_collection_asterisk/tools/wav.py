"""Recordings for a telephone line: WAV, 8 kHz, mono, 16 bit."""

import io
import wave
from array import array
from itertools import accumulate

RATE = 8000
LONGEST = 300


class WavError(ValueError):
    """Something is no recording; ``code``: not_wav, not_16_bit, empty, too_long."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def for_telephone(data: bytes) -> bytes:
    """Return a recording as the line takes it; of two channels the mean.

    :raises WavError: it cannot be read
    """
    samples, rate, channels = _read(data)
    if channels > 1:
        samples = array("h", map(_mean(channels), *_split(samples, channels)))
    if not samples:
        raise WavError("empty")
    if len(samples) > LONGEST * rate:
        raise WavError("too_long")
    return _write(samples if rate == RATE else _resample(samples, rate))


def seconds(data: bytes) -> float:
    """Return how long a recording lasts."""
    with wave.open(io.BytesIO(data)) as recording:
        return recording.getnframes() / recording.getframerate()


def _read(data: bytes) -> tuple[array, int, int]:
    try:
        with wave.open(io.BytesIO(data)) as recording:
            width, channels = recording.getsampwidth(), recording.getnchannels()
            # A synthesiser that writes to a pipe does not know the length beforehand.
            frames = recording.readframes(len(data))
            rate = recording.getframerate()
    except (wave.Error, EOFError) as error:
        raise WavError("not_wav") from error
    if width != 2 or not rate:
        raise WavError("not_16_bit")
    frame = width * channels
    return array("h", frames[: len(frames) // frame * frame]), rate, channels


def _split(samples: array, channels: int) -> list[array]:
    return [samples[channel::channels] for channel in range(channels)]


def _mean(channels: int):
    return lambda *values: sum(values) // channels


def _resample(samples: array, rate: int) -> array:
    """Take for each sample of the line the mean of those that fall into its time."""
    sums = [0, *accumulate(samples)]
    count = max(1, len(samples) * RATE // rate)
    result = array("h")
    for number in range(count):
        start = min(number * rate // RATE, len(samples) - 1)
        end = min(max(start + 1, (number + 1) * rate // RATE), len(samples))
        result.append((sums[end] - sums[start]) // (end - start))
    return result


def _write(samples: array) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(RATE)
        recording.writeframes(samples.tobytes())
    return file.getvalue()
