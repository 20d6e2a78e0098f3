"""A language model of characters: train it on a text, then let it write."""

import argparse
import os
from math import log
from pathlib import Path
from zlib import crc32

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, dropout
from tqdm import tqdm

TRAINING: dict = {"hidden": 256, "steps": 2000, "seed": 1}
WRITING: dict = {"prompt": "", "length": 500, "temperature": 0.8}
EMBEDDING, DROPOUT, RATE, BATCH, CHUNK, EVERY = 64, 0.1, 0.006, 16, 64, 100

gpu = "mps" if torch.backends.mps.is_available() else None
device = "cuda" if torch.cuda.is_available() else gpu or "cpu"
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("command", choices=["train", "write"])
parser.add_argument("file", type=Path, help="the text, or its checkpoint (.pt)")
parser.add_argument("--cell", choices=["lstm", "gru", "rnn"], default="lstm")
for name, default in (TRAINING | WRITING | {"device": device}).items():
    parser.add_argument(f"--{name}", type=type(default), default=default)
args = parser.parse_args()
torch.set_num_threads(1)
torch.manual_seed(args.seed)
path, saved = args.file.with_suffix(".pt"), {}
if path.exists() or args.command == "write":
    saved = torch.load(path, map_location=args.device, weights_only=True)
options = saved.get("options", {})
if args.command == "train":
    text = args.file.read_text("utf-8")
    if len(text) < (least := 10 * BATCH * (CHUNK + 1)):
        raise SystemExit(f"{args.file} is too short: give {least} characters.")
    options = {name: vars(args)[name] for name in ("cell", *TRAINING)}
    options |= {"fixed": [EMBEDDING, DROPOUT, RATE, BATCH, CHUNK]}
    options |= {"characters": sorted(set(text)), "text": crc32(text.encode())}
    if saved.get("options", options) != options:
        raise SystemExit(f"{path} has other options or text: rename it.")
characters = options["characters"]
number = {character: n for n, character in enumerate(characters)}
if unknown := set(args.prompt) - set(characters):
    raise SystemExit(f"{path} does not know {unknown}: change the --prompt.")
embedding = nn.Embedding(len(characters), EMBEDDING)
rnn = getattr(nn, options["cell"].upper())(EMBEDDING, options["hidden"])
readout = nn.Linear(options["hidden"], len(characters))
model = nn.ModuleList([embedding, rnn, readout]).to(args.device)


def predict(ids: Tensor, state: object, p: float = 0.0) -> tuple:
    """From ids (T, B) to logits (T, B, V), and the state, detached."""
    output, h = rnn(embedding(ids), state)
    h = tuple(s.detach() for s in h) if isinstance(h, tuple) else h.detach()
    return readout(dropout(output, p)), h


model.load_state_dict(saved.get("model", model.state_dict()))
if args.command == "train":
    adam = torch.optim.Adam(model.parameters())
    first, state = saved.get("step", 0), saved.get("state")
    adam.load_state_dict(saved.get("adam", adam.state_dict()))
    ids = torch.tensor([number[c] for c in text]).to(args.device)
    tenth = len(ids) // (10 * BATCH) * BATCH  # the last is for validation
    strips = [s.view(BATCH, -1).t() for s in (ids[: 9 * tenth], ids[-tenth:])]
    training, validation = (s.unfold(0, CHUNK + 1, CHUNK).mT for s in strips)
    bar = tqdm(range(first, args.steps), initial=first, total=args.steps)
    for step in bar:  # the rate, the dropout and the chunk follow from it alone
        adam.param_groups[0]["lr"] = RATE * (1 - step / args.steps)
        torch.manual_seed(args.seed * args.steps + step)
        chunk = training[step % len(training)]
        logits, state = predict(chunk[:-1], state, DROPOUT)
        loss = cross_entropy(logits.mT, chunk[1:])
        adam.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        if (step + 1) % EVERY == 0 or step + 1 == args.steps:
            nats, h = 0.0, None
            for chunk in validation[:100]:
                logits, h = predict(chunk[:-1], h)
                nats += cross_entropy(logits.mT, chunk[1:]).item()
            bits = nats / len(validation[:100]) / log(2)
            bar.set_postfix(validation=f"{bits:.3f} bits per character")
            run = {"options": options, "step": step + 1, "state": state}
            run |= {"model": model.state_dict(), "adam": adam.state_dict()}
            with open(f"{path}.part", "wb") as file:
                torch.save(run, file)  # which flushes, too
                os.fsync(file.fileno())
            os.replace(f"{path}.part", path)

text, state = args.prompt or characters[0], None
ids = torch.tensor([[number[c]] for c in text]).to(args.device)
for _ in range(args.length):
    logits, state = predict(ids, state)
    ids = (logits[-1] / max(args.temperature, 1e-6)).softmax(1).multinomial(1)
    text += characters[ids.item()]
print(text)
