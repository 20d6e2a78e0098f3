"""A language model of characters: train it on a text, then let it write."""

import argparse
import hashlib
import io
import math
import os
import signal
import sys
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from tqdm import tqdm

CELLS: dict = {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}
TRAINING = {"hidden": 256, "dropout": 0.1, "lr": 0.006, "batch": 16}
TRAINING |= {"chunk": 64, "steps": 2000, "every": 100, "seed": 1}
OTHERS = {"length": 500, "temperature": 0.8, "top-p": 0.95, "threads": 1}


class CharacterModel(nn.Module):
    """Reads characters, and scores each that may come next."""

    def __init__(self, symbols: int, options: dict):
        super().__init__()
        self.embedding = nn.Embedding(symbols, 64)
        self.rnn = CELLS[options["cell"]](64, options["hidden"])
        self.dropout = nn.Dropout(options["dropout"])
        self.readout = nn.Linear(options["hidden"], symbols)

    def forward(self, ids: Tensor, state: object = None) -> tuple:
        """From ids (T, B) to logits (T, B, V), and the state after them."""
        output, state = self.rnn(self.embedding(ids), state)
        return self.readout(self.dropout(output)), state


def chunks(ids: Tensor, batch: int, steps: int) -> Tensor:
    """Strips of a text side by side, cut into chunks: (N, T + 1, B)."""
    strips = ids[: len(ids) // batch * batch].view(batch, -1)
    return strips.unfold(1, steps + 1, steps).permute(1, 2, 0)


def cost(model: nn.Module, chunk: Tensor, state: object) -> tuple:
    """Mean nats per character, and the state to carry on, detached."""
    logits, h = model(chunk[:-1], state)
    h = tuple(s.detach() for s in h) if isinstance(h, tuple) else h.detach()
    return cross_entropy(logits.flatten(0, 1), chunk[1:].flatten()), h


@torch.no_grad()
def bits(model: nn.Module, text: Tensor) -> float:
    """Bits per character of a text in chunks, read with carried state."""
    losses, state = torch.zeros(len(text)), None
    for i, chunk in enumerate(text):
        losses[i], state = cost(model, chunk, state)
    return losses.mean().item() / math.log(2)


def save(run: dict, path: Path) -> None:
    """Write beside the old checkpoint, then swap: there is never half a one."""
    data, part = io.BytesIO(), Path(f"{path}.part")
    torch.save(run, data)
    try:
        with open(part, "wb") as file:
            file.write(data.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        sys.exit(f"Cannot save: {error.strerror}. {path} is as it was before.")


def load(path: Path, device: str = "cpu") -> dict:
    """Read a checkpoint; with weights_only, no code in the file is run."""
    try:
        run = torch.load(path, map_location=device, weights_only=True)
        return run | {"options": dict(run["options"])}  # others have none
    except Exception:
        sys.exit(f"{path} is missing, broken, or another program's.")


def begin(args: argparse.Namespace, text: str) -> tuple:
    """A new run, or what the same command has left; its model and optimizer."""
    options = {name: vars(args)[name] for name in ("cell", *TRAINING)}
    options["text"] = hashlib.sha256(text.encode()).hexdigest()
    # Of the validation part, too: a character that is only there costs bits.
    characters = "".join(sorted(set(text)))
    torch.manual_seed(args.seed)
    model = CharacterModel(len(characters), options).to(args.device)
    optimizer = torch.optim.Adam(model.parameters())
    if args.restart or not args.model.exists():
        run: dict = {"options": options, "characters": characters, "step": 0}
        run |= {"state": None, "bits": math.inf, "best": {}}
        return run, model, optimizer
    run = load(args.model, args.device)
    for name in options:
        if options[name] != run["options"].get(name):
            other = f"{args.model} was begun with another {name}"
            sys.exit(f"{other}: go back to that, or use --restart.")
    model.load_state_dict(run["model"])
    optimizer.load_state_dict(run["optimizer"])
    return run, model, optimizer


def train(args: argparse.Namespace) -> None:
    """Learn from a text; a run that was stopped goes on."""
    text = args.file.read_text(encoding="utf-8")
    needed = 10 * args.batch * (args.chunk + 1)  # a chunk in the last tenth
    if len(text) < needed:
        short = f"{args.file} has {len(text)} of {needed} characters"
        sys.exit(f"{short}: give more text, or a smaller --batch or --chunk.")
    run, model, optimizer = begin(args, text)
    ids = torch.tensor([run["characters"].index(c) for c in text])
    ids, cut = ids.to(args.device), len(ids) * 9 // 10
    training = chunks(ids[:cut], args.batch, args.chunk)
    validation = chunks(ids[cut:], args.batch, args.chunk)
    stops: list = []
    signal.signal(signal.SIGINT, lambda *_: stops.append("Ctrl-C"))
    first, last = run["step"], args.steps
    bar = tqdm(range(first, last), initial=first, total=last)
    for step in bar:
        # No checkpoint holds what follows from the step: the learning rate, the
        # seed of the dropout, and where in the text the next chunk begins.
        optimizer.param_groups[0]["lr"] = args.lr * (1 - step / last)
        torch.manual_seed(args.seed * last + step)
        i = step % len(training)
        state = run["state"] if i else None  # reset where the text begins
        loss, run["state"] = cost(model.train(), training[i], state)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        run["step"] = step + 1
        due = run["step"] % args.every == 0 or run["step"] == last
        if due:
            now = bits(model.eval(), validation)
            bar.set_postfix(loss=loss.item() / math.log(2), validation=now)
            if now < run["bits"]:
                best = {n: w.clone() for n, w in model.state_dict().items()}
                run |= {"bits": now, "best": best}
        if due or stops:
            run["model"] = model.state_dict()
            save(run | {"optimizer": optimizer.state_dict()}, args.model)
        if stops:
            sys.exit("Saved: the same command (without --restart) goes on.")
    print(f"{args.model}: {run['bits']:.3f} bits per character of validation")


def likely(logits: Tensor, temperature: float, top_p: float) -> Tensor:
    """Probabilities: of the fewest characters that make up top_p, others 0."""
    p = (logits / max(temperature, 1e-6)).softmax(dim=0)
    ranked, order = p.sort(descending=True)
    p[order[ranked.cumsum(dim=0) - ranked >= max(top_p, 1e-6)]] = 0
    return p


@torch.no_grad()
def write(args: argparse.Namespace) -> None:
    """Draw character after character, and read each before the next."""
    run, text = load(args.file), args.prompt
    characters = run["characters"]
    if not text:
        sys.exit("The --prompt is empty: give a character at least.")
    if unknown := sorted(set(text) - set(characters)):
        sys.exit(f"{args.file} has never read {unknown}: change the --prompt.")
    model = CharacterModel(len(characters), run["options"]).eval()
    model.load_state_dict(run["best"] or run["model"])
    torch.manual_seed(args.seed)
    ids, state = torch.tensor([[characters.index(c)] for c in text]), None
    for _ in range(args.length):
        logits, state = model(ids, state)
        p = likely(logits[-1, 0], args.temperature, args.top_p)
        ids = p.multinomial(1)[None]  # (1, 1)
        text += characters[ids.item()]
    print(text)


if __name__ == "__main__":
    gpus = {"cuda": torch.cuda, "mps": torch.backends.mps}
    devices = [name for name in gpus if gpus[name].is_available()] + ["cpu"]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["train", "write"])
    parser.add_argument("file", type=Path, help="the text, or the checkpoint")
    parser.add_argument("--model", type=Path, help="the checkpoint: FILE.pt")
    parser.add_argument("--cell", choices=CELLS, default="lstm")
    parser.add_argument("--device", choices=["auto", *devices], default="auto")
    parser.add_argument("--restart", action="store_true")
    parser.add_argument("--prompt", default="")
    for name, default in (TRAINING | OTHERS).items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    args = parser.parse_args()
    if args.device == "auto":
        args.device = devices[0]
    args.model = args.model or args.file.with_suffix(".pt")
    if args.command == "train" and args.model == args.file:
        parser.error("--model must be another file than the text")
    if low := [n for n, v in vars(args).items() if type(v) is int and v < 1]:
        parser.error(f"--{low[0]} must be at least 1")
    torch.set_num_threads(args.threads)
    try:
        train(args) if args.command == "train" else write(args)
    except OSError as error:
        sys.exit(f"Cannot read {error.filename}: {error.strerror}.")
    except UnicodeDecodeError:
        sys.exit(f"{args.file} is not in UTF-8: save it in that encoding.")
