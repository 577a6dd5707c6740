# TorchScript as torch.jit writes it: every type is explicit, every function torch's own.
# Loaded by TorchScript.java, which has a constant for each function.
#
# Frozen weights are bfloat16. In torch's numbering of types 6 is float32, 15 is bfloat16.

class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # (..., in) float32, (out, in) bfloat16 -> (..., out) float32
  def linear(self: __torch__.Kernels,
    x: Tensor,
    weight: Tensor) -> Tensor:
    return torch.to(torch.linear(torch.to(x, 15), weight), 6)

  # (..., in) float32, (in, out) bfloat16 -> (..., out) float32
  def product(self: __torch__.Kernels,
    x: Tensor,
    weight: Tensor) -> Tensor:
    return torch.to(torch.matmul(torch.to(x, 15), weight), 6)

  # (...) int64, (rows, columns) bfloat16 -> (..., columns) float32
  def embedding(self: __torch__.Kernels,
    ids: Tensor,
    table: Tensor) -> Tensor:
    return torch.to(torch.embedding(table, ids), 6)

  # bfloat16 -> float32
  def widen(self: __torch__.Kernels,
    values: Tensor) -> Tensor:
    return torch.to(values, 6)

  # float32 -> bfloat16, rounded to the nearest value, ties to even
  def narrow(self: __torch__.Kernels,
    values: Tensor) -> Tensor:
    return torch.to(values, 15)

  # queries (B, heads, T, D), scaled; keys and values (B, heads, S, D); a mask that broadcasts to
  # (B, heads, T, S) is added to the scores -> (B, heads, T, D)
  def attention(self: __torch__.Kernels,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor) -> Tensor:
    return torch.scaled_dot_product_attention(query, key, value, mask, 0., False, scale=1.)

  # the same where T = S and a token looks at itself and at all before it
  def causal_attention(self: __torch__.Kernels,
    query: Tensor,
    key: Tensor,
    value: Tensor) -> Tensor:
    return torch.scaled_dot_product_attention(query, key, value, None, 0., True, scale=1.)

  # path: its UTF-8 bytes; numbers: count and type of the values -> (count), mapped privately
  def map_file(self: __torch__.Kernels,
    path: Tensor,
    numbers: Tensor) -> Tensor:
    name = ""
    for i in range(torch.len(path)):
      name = torch.add(name, torch.chr(int(torch.select(path, 0, i))))
    count = int(torch.select(numbers, 0, 0))
    kind = int(torch.select(numbers, 0, 1))
    return torch.from_file(name, False, count, dtype=kind)

  # values (n); numbers: from, to, type and the GPU's number, -1 for the CPU -> (to - from)
  def part(self: __torch__.Kernels,
    values: Tensor,
    numbers: Tensor) -> Tensor:
    start = int(torch.select(numbers, 0, 0))
    end = int(torch.select(numbers, 0, 1))
    kind = int(torch.select(numbers, 0, 2))
    gpu = int(torch.select(numbers, 0, 3))
    if torch.lt(gpu, 0):
      device = torch.device("cpu")
    else:
      device = torch.device(torch.add("cuda:", str(gpu)))
    return torch.to(torch.slice(values, 0, start, end, 1), device, kind, False, False)
