"""Forecast a column of a CSV file, beside the naive forecasts to be beaten."""

import csv
import re
from argparse import ArgumentParser, FileType

import torch
from torch import arange, cat, eye, float64, linalg, nn, optim, stack, tensor

parser = ArgumentParser(description=__doc__)
parser.add_argument("file", type=FileType("r", -1, "utf-8-sig", "replace"))
for o, x in {"column": "", "season": 1, "horizon": 12, "seed": 1}.items():
    parser.add_argument(f"--{o}", type=type(x), default=x)
args = parser.parse_args()
torch.set_num_threads(1)
torch.manual_seed(args.seed)
if ";" in (text := args.file.read().strip("\n ").replace("\t", ";")):
    text = text.replace(",", ".").replace(";", ",")  # commas are decimal
rows = [next(csv.reader([line or " "])) for line in text.split("\n")]
number = re.compile(r" *[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d\d?)? *").fullmatch
use = [c for c in zip(*rows, strict=False) if args.column in ("", c[0].strip())]
use = [c for c in use if 2 * len([*filter(number, c)]) > len(c)][-1:]
bad = [n for n, r in enumerate(rows, 1) if not use or len(r) != len(rows[0])]
bad += [n for c in use for n, x in enumerate(c[1:], 2) if not number(x)]
if bad:
    raise SystemExit(f"Row {bad[0]}: no number, or a column not in {rows[0]}.")
y = tensor([float(x) for c in use for x in c if number(x)], dtype=float64)
N, m, h, k = len(y), max(0, args.season), args.horizon, max(24, 2 * args.season)
a, b, need = N * 6 // 10, N * 8 // 10, max(10 * h, 3 * (k + h))
if h < 1 or need > N or not (unit := (y[m:a] - y[: a - m]).abs().mean()) > 0:
    raise SystemExit(f"{N} numbers: give {need} that vary; season, horizon > 0")
due = (y.unfold(0, h, 1)[1:] - y[:-h, None]) / unit  # row t: from y[t]
past = (cat([y[:1].expand(k - 1), y]).unfold(0, k, 1) - y[:, None]) / unit
said = {f"naive, lag {s}": past[:, k - s + arange(h) % s] for s in (1, m)}
X, Y, val = past[k - 1 : a - h], due[k - 1 : a - h], slice(a - 1, b - h)
said["linear window"] = past @ linalg.solve(X.T @ X + eye(k), X.T @ Y)
for name, f in said.items():
    print(f"{name:13} MASE {(f[:-h] - due)[b - 1 :].abs().mean():.2f}")
spread = due[: a - h].square().mean().sqrt()
x = stack([(y - y[:a].mean()) / y[:a].std(), past[:, -2] / spread], 1).float()
model = nn.ModuleList([lstm := nn.LSTM(2, 32), head := nn.Linear(32, h)])
adam, looks, T = optim.Adam(model.parameters(), 0.005), [], min(256, N // 4)
for update in range(1000):
    if update % 20 == 0:
        looks.append(spread * head(lstm(x)[0]).detach())
    t = arange(T)[:, None] + torch.randint(a - h - T + 1, (16,))
    adam.zero_grad()
    (head(lstm(x[t])[0]) - due[t] / spread)[T // 4 :].square().mean().backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    adam.step()
said["LSTM"] = min(looks, key=lambda f: (f[:-h] - due)[val].abs().mean())
off = {name: (f[:-h] - due).abs().mean(1) for name, f in said.items()}
print(f"LSTM          MASE {off['LSTM'][b - 1 :].mean():.2f}")
first, second = sorted(off, key=lambda name: off[name][b - 1 :].mean())[:2]
gap = (off[second] - off[first])[b - 1 :] / off[second][b - 1 :].mean()
chance = 2 * gap[::h].std() / len(gap[::h]) ** 0.5
print(f"Nearest: {first}, {gap.mean():.0%} ± {chance:.0%} below {second}.")
best = min(off, key=lambda name: off[name][val].mean())
print(f"Next, by {best}:", *[f"{v:.6g}" for v in y[-1] + unit * said[best][-1]])
