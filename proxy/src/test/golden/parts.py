"""What the reference decoders share: masks, attention, rotation."""
import math

import torch
import torch.nn.functional as F


def causal(tokens):
    """(T, T), true where a token may not look."""
    return torch.triu(torch.ones(tokens, tokens, dtype=torch.bool), diagonal=1)


def sliding(tokens, window):
    """The same where a token sees itself and the window - 1 tokens before it."""
    row, column = torch.arange(tokens)[:, None], torch.arange(tokens)[None, :]
    return ~((column <= row) & (column > row - window))


def attention(query, key, value, hidden, bias=None):
    """(B, heads, T, D) each -> (B, T, heads * D)."""
    scores = torch.matmul(query, key.transpose(2, 3)) / math.sqrt(query.shape[-1])
    if bias is not None:
        scores = scores + bias
    scores = scores.masked_fill(hidden, float("-inf"))
    mixed = torch.matmul(F.softmax(scores, dim=-1, dtype=torch.float32), value)
    return mixed.transpose(1, 2).reshape(query.shape[0], query.shape[2], -1)


def repeat_kv(x, times):
    batch, heads, tokens, d = x.shape
    return x[:, :, None].expand(batch, heads, times, tokens, d).reshape(batch, -1, tokens, d)


def rotate(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), dim=-1) * sin


def gelu_new(x):
    return 0.5 * x * (1.0 + torch.tanh(math.sqrt(2.0 / math.pi) * (x + 0.044715 * torch.pow(x, 3.0))))
