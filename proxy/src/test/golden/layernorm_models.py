"""gpt2, opt, bloom and gpt_neox in PyTorch: LayerNorm, and positions that are not Llama's.

Written from the published definitions (transformers' modeling_gpt2, modeling_opt, modeling_bloom
and modeling_gpt_neox, which cannot be run here).
"""
import math

import torch
import torch.nn.functional as F

from parts import attention, causal, gelu_new, rotate


def named_linear(shapes, name, out, size, bias=True):
    shapes[name + ".weight"] = (out, size)
    if bias:
        shapes[name + ".bias"] = (out,)


def named_norms(shapes, names, size):
    for name in names:
        shapes[name + ".weight"] = (size,)
        shapes[name + ".bias"] = (size,)


def layer_norm(w, x, name, eps):
    return F.layer_norm(x, (x.shape[-1],), w[name + ".weight"], w[name + ".bias"], eps)


def linear(w, x, name):
    return F.linear(x, w[name + ".weight"], w.get(name + ".bias"))


def split_heads(x, heads):
    """(B, T, H) -> (B, heads, T, D)."""
    batch, tokens, h = x.shape
    return x.view(batch, tokens, heads, h // heads).permute(0, 2, 1, 3)


def split_by_head(x, heads):
    """(B, T, heads * 3 * D) -> query, key, value of (B, heads, T, D)."""
    batch, tokens, width = x.shape
    d = width // heads // 3
    x = x.view(batch, tokens, heads, 3 * d).permute(0, 2, 1, 3)
    return x[..., :d], x[..., d : 2 * d], x[..., 2 * d :]


# ---- gpt2 ---------------------------------------------------------------------------------------


def gpt2_shapes(c):
    h = c["n_embd"]
    shapes = {
        "transformer.wte.weight": (c["vocab_size"], h),
        "transformer.wpe.weight": (c["n_positions"], h),
    }
    norms = ["transformer.ln_f"]
    for i in range(c["n_layer"]):
        p = f"transformer.h.{i}."
        norms += [p + "ln_1", p + "ln_2"]
        for name, rows, columns in (
            ("attn.c_attn", h, 3 * h),
            ("attn.c_proj", h, h),
            ("mlp.c_fc", h, 4 * h),
            ("mlp.c_proj", 4 * h, h),
        ):
            shapes[p + name + ".weight"] = (rows, columns)
            shapes[p + name + ".bias"] = (columns,)
    named_norms(shapes, norms, h)
    return shapes


def gpt2_logits(c, w, ids):
    h, heads, eps = c["n_embd"], c["n_head"], c["layer_norm_epsilon"]
    tokens = ids.shape[1]

    def conv1d(x, name):
        size = x.shape[:-1] + (w[name + ".weight"].shape[1],)
        flat = torch.addmm(w[name + ".bias"], x.reshape(-1, x.shape[-1]), w[name + ".weight"])
        return flat.view(size)

    x = w["transformer.wte.weight"][ids] + w["transformer.wpe.weight"][torch.arange(tokens)]
    for i in range(c["n_layer"]):
        p = f"transformer.h.{i}."
        q, k, v = conv1d(layer_norm(w, x, p + "ln_1", eps), p + "attn.c_attn").split(h, dim=2)
        heads_of = [split_heads(part, heads) for part in (q, k, v)]
        x = x + conv1d(attention(*heads_of, causal(tokens)), p + "attn.c_proj")
        y = gelu_new(conv1d(layer_norm(w, x, p + "ln_2", eps), p + "mlp.c_fc"))
        x = x + conv1d(y, p + "mlp.c_proj")
    return F.linear(layer_norm(w, x, "transformer.ln_f", eps), w["transformer.wte.weight"])


# ---- opt ----------------------------------------------------------------------------------------

OPT_OFFSET = 2
OPT_EPS = 1e-5


def opt_shapes(c):
    h, narrow = c["hidden_size"], c["word_embed_proj_dim"]
    p = "model.decoder."
    shapes = {
        p + "embed_tokens.weight": (c["vocab_size"], narrow),
        p + "embed_positions.weight": (c["max_position_embeddings"] + OPT_OFFSET, h),
    }
    if narrow != h:
        shapes[p + "project_in.weight"] = (h, narrow)
        shapes[p + "project_out.weight"] = (narrow, h)
    if c["do_layer_norm_before"]:
        named_norms(shapes, [p + "final_layer_norm"], h)
    for i in range(c["num_hidden_layers"]):
        q = f"{p}layers.{i}."
        named_norms(shapes, [q + "self_attn_layer_norm", q + "final_layer_norm"], h)
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            named_linear(shapes, q + "self_attn." + name, h, h)
        named_linear(shapes, q + "fc1", c["ffn_dim"], h)
        named_linear(shapes, q + "fc2", h, c["ffn_dim"])
    return shapes


def opt_logits(c, w, ids):
    heads, first = c["num_attention_heads"], c["do_layer_norm_before"]
    tokens = ids.shape[1]
    p = "model.decoder."
    x = w[p + "embed_tokens.weight"][ids]
    if p + "project_in.weight" in w:
        x = linear(w, x, p + "project_in")
    x = x + w[p + "embed_positions.weight"][torch.arange(tokens) + OPT_OFFSET]
    for i in range(c["num_hidden_layers"]):
        q = f"{p}layers.{i}."
        residual = x
        if first:
            x = layer_norm(w, x, q + "self_attn_layer_norm", OPT_EPS)
        parts = [
            split_heads(linear(w, x, q + "self_attn." + n), heads)
            for n in ("q_proj", "k_proj", "v_proj")
        ]
        x = residual + linear(w, attention(*parts, causal(tokens)), q + "self_attn.out_proj")
        if not first:
            x = layer_norm(w, x, q + "self_attn_layer_norm", OPT_EPS)
        residual = x
        if first:
            x = layer_norm(w, x, q + "final_layer_norm", OPT_EPS)
        x = residual + linear(w, F.relu(linear(w, x, q + "fc1")), q + "fc2")
        if not first:
            x = layer_norm(w, x, q + "final_layer_norm", OPT_EPS)
    if first:
        x = layer_norm(w, x, p + "final_layer_norm", OPT_EPS)
    if p + "project_out.weight" in w:
        x = linear(w, x, p + "project_out")
    return F.linear(x, w[p + "embed_tokens.weight"])


# ---- bloom --------------------------------------------------------------------------------------


def bloom_shapes(c):
    h = c["hidden_size"]
    shapes = {"transformer.word_embeddings.weight": (c["vocab_size"], h)}
    norms = ["transformer.word_embeddings_layernorm", "transformer.ln_f"]
    for i in range(c["n_layer"]):
        p = f"transformer.h.{i}."
        norms += [p + "input_layernorm", p + "post_attention_layernorm"]
        named_linear(shapes, p + "self_attention.query_key_value", 3 * h, h)
        named_linear(shapes, p + "self_attention.dense", h, h)
        named_linear(shapes, p + "mlp.dense_h_to_4h", 4 * h, h)
        named_linear(shapes, p + "mlp.dense_4h_to_h", h, 4 * h)
    named_norms(shapes, norms, h)
    return shapes


def alibi_slopes(heads):
    closest = 2 ** math.floor(math.log2(heads))
    base = 2 ** (-(2 ** -(math.log2(closest) - 3)))
    slopes = [base**power for power in range(1, 1 + closest)]
    if closest != heads:
        extra = 2 ** (-(2 ** -(math.log2(2 * closest) - 3)))
        slopes += [extra**power for power in range(1, 1 + 2 * (heads - closest), 2)]
    return torch.tensor(slopes)


def bloom_logits(c, w, ids):
    heads, eps = c["n_head"], c["layer_norm_epsilon"]
    tokens = ids.shape[1]
    # The paper's form, by distance; the published code adds slope * position of the key.
    positions = torch.arange(tokens)
    distance = (positions[:, None] - positions[None, :]).float()
    bias = -alibi_slopes(heads)[:, None, None] * distance
    x = w["transformer.word_embeddings.weight"][ids]
    x = layer_norm(w, x, "transformer.word_embeddings_layernorm", eps)
    for i in range(c["n_layer"]):
        p = f"transformer.h.{i}."
        y = linear(w, layer_norm(w, x, p + "input_layernorm", eps), p + "self_attention.query_key_value")
        y = attention(*split_by_head(y, heads), causal(tokens), bias)
        x = x + linear(w, y, p + "self_attention.dense")
        y = layer_norm(w, x, p + "post_attention_layernorm", eps)
        y = gelu_new(linear(w, y, p + "mlp.dense_h_to_4h"))
        x = x + linear(w, y, p + "mlp.dense_4h_to_h")
    return F.linear(
        layer_norm(w, x, "transformer.ln_f", eps), w["transformer.word_embeddings.weight"]
    )


# ---- gpt_neox -----------------------------------------------------------------------------------


def neox_shapes(c):
    h, ff = c["hidden_size"], c["intermediate_size"]
    shapes = {
        "gpt_neox.embed_in.weight": (c["vocab_size"], h),
        "embed_out.weight": (c["vocab_size"], h),
    }
    norms = ["gpt_neox.final_layer_norm"]
    for i in range(c["num_hidden_layers"]):
        p = f"gpt_neox.layers.{i}."
        norms += [p + "input_layernorm", p + "post_attention_layernorm"]
        named_linear(shapes, p + "attention.query_key_value", 3 * h, h)
        named_linear(shapes, p + "attention.dense", h, h)
        named_linear(shapes, p + "mlp.dense_h_to_4h", ff, h)
        named_linear(shapes, p + "mlp.dense_4h_to_h", h, ff)
    named_norms(shapes, norms, h)
    return shapes


def neox_logits(c, w, ids):
    heads, eps = c["num_attention_heads"], c["layer_norm_eps"]
    tokens = ids.shape[1]
    rotated = int(c["hidden_size"] // heads * c["rotary_pct"])
    inv_freq = 1.0 / (c["rotary_emb_base"] ** (torch.arange(0, rotated, 2).float() / rotated))
    angles = torch.outer(torch.arange(tokens).float(), inv_freq)
    angles = torch.cat((angles, angles), -1)

    def rotary(x):
        return torch.cat((rotate(x[..., :rotated], angles.cos(), angles.sin()), x[..., rotated:]), -1)

    x = w["gpt_neox.embed_in.weight"][ids]
    for i in range(c["num_hidden_layers"]):
        p = f"gpt_neox.layers.{i}."
        y = linear(w, layer_norm(w, x, p + "input_layernorm", eps), p + "attention.query_key_value")
        q, k, v = split_by_head(y, heads)
        attended = linear(w, attention(rotary(q), rotary(k), v, causal(tokens)), p + "attention.dense")
        before = x if c["use_parallel_residual"] else x + attended
        y = layer_norm(w, before, p + "post_attention_layernorm", eps)
        y = linear(w, F.gelu(linear(w, y, p + "mlp.dense_h_to_4h")), p + "mlp.dense_4h_to_h")
        x = x + attended + y
    x = layer_norm(w, x, "gpt_neox.final_layer_norm", eps)
    return F.linear(x, w["embed_out.weight"])
