"""What a training run is told, as plain values; the names and meanings are those of Config."""

from dataclasses import dataclass

from ocr.preprocessing.canvas import Canvas


@dataclass(frozen=True)
class DataSettings:
    """What a training run reads, draws, changes and holds out."""

    train_datasets: tuple
    train_shares: tuple
    val_datasets: tuple
    val_regions: int
    val_epochs: int
    base_dir: str
    index_dir: str
    canvases: Canvas
    image_size: int
    seq_len: int
    with_bbox: bool
    augmentation: dict
    text_path: str
    font_dir: str
    photo_dir: str
    drawn_growth: float
    drawn_echo: int
    total_steps: int
    batch_size: int
    seed: int
    num_workers: int


@dataclass(frozen=True)
class FitSettings:
    """How long a training runs, and what it saves."""

    checkpoint_path: str
    seed: int
    batch_size: int
    accumulate: int
    steps_per_epoch: int
    max_epoch: int
    total_steps: int
    val_epochs: int
    average_decay: float
    tracker: str
