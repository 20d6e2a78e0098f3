"""An encoder and a decoder: one recurrence reads a sequence, another writes one."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from rnnbook.cells import Cell, checks
from rnnbook.cells.modes import evaluating
from rnnbook.models.attention import SCORES, Attention
from rnnbook.models.chunks import each_part
from rnnbook.unroll import Recurrent, which_count


class DecoderState(NamedTuple):
    """The layer's state, and what attention needs: outputs, mask, keys. Sequences are on axis 1."""

    layer: Any
    memory: tuple[Tensor, ...] = ()


class EncoderDecoder(nn.Module):
    """Reads a source, and writes a target: each token after the source and the tokens before it.

    The decoder's first state is the encoder's last one, or a linear map of both directions' ends.
    Without attention, this fixed vector is all that it gets. With attention, its state ``h_{t-1}``
    is the query at step ``t`` (Bahdanau's way; Luong's asks with ``h_t``), and the values are the
    encoder's outputs. The context is read beside the embedded token, and by the read-out beside
    ``h_t``. The decoder and each direction of the encoder have ``H`` units; options go to both.
    In training, dropout with this probability takes numbers from embedded tokens and from what the
    read-out reads.

    Source: Sutskever, Vinyals & Le (2014); Bahdanau, Cho & Bengio (2015).
    """

    def __init__(
        self,
        cell: type[Cell],
        source_symbols: int,
        target_symbols: int,
        hidden_size: int,
        *,
        embedding_size: int = 32,
        attention: str | None = None,
        bidirectional: bool = True,
        dropout: float = 0.0,
        **options: Any,
    ) -> None:
        super().__init__()
        if attention not in (None, *SCORES):
            raise ValueError(f"attention must be None, {', '.join(SCORES)}, got {attention!r}")
        D, H = checks.positive_int("embedding_size", embedding_size), hidden_size
        self.source = nn.Embedding(checks.positive_int("source_symbols", source_symbols), D)
        self.target = nn.Embedding(checks.positive_int("target_symbols", target_symbols), D)
        self.dropout = nn.Dropout(dropout)
        self.encoder = Recurrent(
            cell, D, H, bidirectional=bidirectional, dropout=dropout, **options
        )
        E = H * self.encoder.directions if attention else 0
        self.attention = Attention(attention, H, E) if attention else None
        self.decoder = Recurrent(cell, D + E, H, dropout=dropout, **options)
        self.readout = nn.Linear(H + E, target_symbols)
        self.joins = nn.ModuleList(nn.Linear(2 * H, H) for _ in cell.State._fields if bidirectional)

    def forward(self, source: Tensor, lengths: Any, target: Tensor, **options: Any) -> Tensor:
        """Logits (T, B, V) where the decoder is fed a target; arguments as `encode` and `read`."""
        return self.read(target, self.encode(source, lengths, **options))[0]

    def encode(self, source: Tensor, lengths: Any, block: Tensor | None = None) -> DecoderState:
        """What the decoder knows before its first token, from token numbers (S, B).

        The first ``lengths`` tokens of each source count, B ints from 1 to S. Attention does not
        look where ``block`` is True, bools (S, B).
        """
        ids = checks.ids("source", source, "S, B", self.source.num_embeddings)
        x = self.dropout(self.source(ids))
        output, layer = self.encoder(x, lengths=lengths)  # (S, B, E)
        if self.joins:
            join = iter(self.joins)  # of h, forwards and backwards, (L, B, 2H); then of c
            layer = each_part(layer, lambda h: next(join)(torch.cat([h[::2], h[1::2]], dim=2)))
        if self.attention is None:
            if block is not None:
                raise ValueError("block must be None without attention, got another")
            return DecoderState(layer)
        mask = which_count(lengths, source).squeeze(2)
        if block is not None:
            if checks.of_shape("block", block, "S, B", tuple(mask.shape)).dtype != torch.bool:
                raise TypeError(f"block must be bools, got {block.dtype}")
            mask = mask & ~block
        return DecoderState(layer, (output, mask, self.attention.U(output)))

    def read(self, target: Tensor, state: DecoderState) -> tuple[Tensor, Any, DecoderState]:
        """Read target tokens (T, N), whatever the model would have written.

        It returns logits (T, N, V), whose row ``t`` is about token ``t + 1``; the weights of the
        attention (T, S, N), or None; and the state after the last token.
        """
        checks.instance("state", state, DecoderState, "a DecoderState, as encode gives it")
        ids = checks.ids("target", target, "T, N", self.target.num_embeddings)
        y = self.dropout(self.target(ids))
        layer, memory = state
        h = layer if isinstance(layer, Tensor) else layer[0]  # (L, N, H)
        checks.of_shape("target", target, "T, N", (len(target), h.shape[1]))
        if self.attention is None:
            h, layer = self.decoder(y, layer)  # all steps at once
            return self.readout(self.dropout(h)), None, DecoderState(layer)
        (values, mask, keys), made = memory, []
        for y_t in y:
            context, weights = self.attention(h[-1], values, mask, keys)  # (N, E), (S, N)
            h, layer = self.decoder(torch.cat([y_t, context], dim=1)[None], layer)  # h: (1, N, H)
            made.append((torch.cat([h[-1], context], dim=1), weights))
        outputs, weights = map(torch.stack, zip(*made, strict=True))
        return self.readout(self.dropout(outputs)), weights, DecoderState(layer, memory)

    def step(self, tokens: Tensor, state: DecoderState) -> tuple[Tensor, DecoderState]:
        """Read a token of each target, (N): logits (N, V) for the next, and the state."""
        tokens = checks.ids("tokens", tokens, "N", self.target.num_embeddings)
        logits, _, state = self.read(tokens[None], state)
        return logits[0], state

    @torch.no_grad()
    def translate(
        self, source: Tensor, lengths: Any, start: int, end: int, steps: int, **options: Any
    ) -> Tensor:
        """The likeliest token at each step, (steps, B), after ``start``; after an ``end``, ``end``.

        Arguments as `encode`; the model is asked in evaluation mode.
        """
        for name, token in (("start", start), ("end", end)):
            checks.whole_number(name, token)
            checks.ids(name, torch.tensor(token), None, self.target.num_embeddings)
        with evaluating(self):
            state = self.encode(source, lengths, **options)
            written = [torch.full_like(source[0], start, dtype=torch.long)]
            for _ in range(checks.positive_int("steps", steps)):
                logits, state = self.step(written[-1], state)
                written.append(logits.argmax(dim=1))
        text = torch.stack(written[1:])
        return text.where((text == end).cumsum(dim=0) == 0, end)
