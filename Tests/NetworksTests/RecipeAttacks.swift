/// Recipes and configurations that are wrong, each in its own way. Their sentences stand in Modules/attacks/texts.txt.
enum RecipeAttacks {
  /// A recipe with lines of one's choice around a 2×2 weight `W`.
  private static func recipe(_ steps: String, more: String = "", outputs: String = #"{"y": ["n", 2]}"#) -> String {
    #"{"recipe": 1, "weights": "w.safetensors", "inputs": {"x": ["n", 2]}, "steps": [\#(steps)], "outputs": \#(outputs)\#(more)}"#
  }

  private static func line(_ text: String) -> String { recipe("\"y = \(text)\"") }

  private static let nested = String(repeating: "(", count: 300) + "x" + String(repeating: ")", count: 300)

  static let all: [(name: String, text: String)] = [
    ("array", "[1, 2]"),
    ("empty object", "{}"),
    ("cut off", #"{"recipe": 1"#),
    ("key twice", #"{"recipe": 1, "recipe": 1}"#),
    ("misspelt recipe", #"{"recipie": 1}"#),
    ("recipe 2", #"{"recipe": 2}"#),
    ("recipe is text", #"{"recipe": "1"}"#),
    ("unknown key", #"{"recipe": 1, "input": {}}"#),
    ("nothing goes in", #"{"recipe": 1, "outputs": {"y": [1]}}"#),
    ("nothing comes out", #"{"recipe": 1, "inputs": {"x": [1]}}"#),
    ("inputs are a list", #"{"recipe": 1, "inputs": ["x"]}"#),
    ("extent zero", #"{"recipe": 1, "inputs": {"x": [0]}, "outputs": {"y": [1]}}"#),
    ("extent -1", #"{"recipe": 1, "inputs": {"x": [-1]}, "outputs": {"y": [1]}}"#),
    ("extent of 2^62", #"{"recipe": 1, "inputs": {"x": [4611686018427387904]}, "outputs": {"y": [1]}}"#),
    (
      "extents that multiply",
      #"{"recipe": 1, "inputs": {"x": [67108864, 67108864]}, "steps": ["y = x"], "outputs": {"y": [1]}}"#
    ),
    ("thirteen axes", #"{"recipe": 1, "inputs": {"x": [1,1,1,1,1,1,1,1,1,1,1,1,1]}, "outputs": {"y": [1]}}"#),
    ("odd type", #"{"recipe": 1, "inputs": {"x": {"shape": [1], "type": "text"}}, "outputs": {"y": [1]}}"#),
    ("type without shape", #"{"recipe": 1, "inputs": {"x": {"type": "real"}}, "outputs": {"y": [1]}}"#),
    (
      "input named as a weight",
      #"{"recipe": 1, "weights": "w.safetensors", "inputs": {"W": [1]}, "outputs": {"y": [1]}}"#
    ),
    ("input without a name", #"{"recipe": 1, "inputs": {"": [1]}, "outputs": {"y": [1]}}"#),
    ("constant is text", #"{"recipe": 1, "inputs": {"x": [1]}, "constants": {"a": "0.1"}, "outputs": {"y": [1]}}"#),
    ("constant is nan", #"{"recipe": 1, "inputs": {"x": [1]}, "constants": {"a": NaN}, "outputs": {"y": [1]}}"#),
    (
      "constant is too large", #"{"recipe": 1, "inputs": {"x": [1]}, "constants": {"a": 1e999}, "outputs": {"y": [1]}}"#
    ),
    (
      "constant named as the input",
      #"{"recipe": 1, "inputs": {"x": [1]}, "constants": {"x": 1}, "outputs": {"y": [1]}}"#
    ),
    ("weights are a number", #"{"recipe": 1, "weights": 7, "inputs": {"x": [1]}, "outputs": {"y": [1]}}"#),
    ("weights above", #"{"recipe": 1, "weights": "../w.safetensors", "inputs": {"x": [1]}, "outputs": {"y": [1]}}"#),
    ("weights at the root", #"{"recipe": 1, "weights": "/etc/passwd", "inputs": {"x": [1]}, "outputs": {"y": [1]}}"#),
    ("weights with a nul", #"{"recipe": 1, "weights": "w\u0000.pt", "inputs": {"x": [1]}, "outputs": {"y": [1]}}"#),
    ("weights here", #"{"recipe": 1, "weights": ".", "inputs": {"x": [1]}, "outputs": {"y": [1]}}"#),
    (
      "weights that are not there",
      #"{"recipe": 1, "weights": "v.safetensors", "inputs": {"x": [1]}, "outputs": {"y": [1]}}"#
    ),
    (
      "weights that are a recipe",
      #"{"recipe": 1, "weights": "itself.json", "inputs": {"x": [1]}, "outputs": {"y": [1]}}"#
    ),
    ("steps are text", #"{"recipe": 1, "inputs": {"x": [1]}, "steps": "y = x", "outputs": {"y": [1]}}"#),
    ("step is a number", recipe("1")),
    ("no equals sign", recipe(#""tanh(x)""#)),
    ("no expression", line("")),
    ("unknown name", line("x @ V")),
    ("misspelt name", recipe(#""hidden = x @ W", "y = hiden""#)),
    ("itself", line("y + x")),
    ("unknown function", line("tahn(x)")),
    ("unknown operation", line("LayerNormalisation(x, W)")),
    ("operation that runs things", line("Exec(x)")),
    ("too many values", line("tanh(x, x)")),
    ("too few values", line("linear(x)")),
    ("attribute of a function", line("tanh(x, axis=1)")),
    ("attribute twice", line("Softmax(x, axis=1, axis=1)")),
    ("attribute is a name", line("Softmax(x, axis=x)")),
    ("attribute of a wrong kind", line("Softmax(x, axis=1.5)")),
    ("value behind an attribute", line("Softmax(axis=1, x)")),
    ("huge attribute", line("Softmax(x, axis=1e30)")),
    ("open parenthesis", line("tanh(x")),
    ("closed parenthesis", line("x)")),
    ("two names", line("x x")),
    ("two operators", line("x * / x")),
    ("ends with an operator", line("x +")),
    ("deep parentheses", line(nested)),
    ("deep powers", line(String(repeating: "x ** ", count: 300) + "x")),
    ("long line", line(String(repeating: "x + ", count: 600) + "x")),
    ("odd character", line("x § 2")),
    ("semicolon", line("x; import os")),
    ("subscript", line("x[0]")),
    ("dunder", line("x.__class__")),
    ("open quote", line("Softmax(x, mode='a)")),
    ("open backquote", line("`W")),
    ("bad number", line("1.2.3 * x")),
    ("number of a name", line("0.weight @ x")),
    ("zeros of a billion", line("x + zeros(100000, 100000)")),
    ("zeros of overflow", line("x + zeros(4294967296, 4294967296)")),
    ("zeros of less", line("x + zeros(-1)")),
    ("zeros of a half", line("x + zeros(0.5)")),
    ("slice by name", line("slice(x, x, 1)")),
    ("real part of what is real", line("re(W)")),
    ("real part of an input", line("re(x)")),
    ("complex weight", line("Z @ x")),
    ("weight as a result", recipe(#""W = x", "y = W""#)),
    ("output that is not made", recipe(#""h = x""#)),
    ("output that is an input", recipe("", outputs: #"{"x": ["n", 2]}"#)),
    ("repeat without times", recipe(#""y = x""#, more: #", "repeat": {"steps": ["y = y"]}"#)),
    (
      "repeat an open axis",
      #"{"recipe": 1, "inputs": {"u": ["n", "time", 2]}, "repeat": {"over": {"v": "u"}, "steps": ["y = v"]}, "outputs": {"y": ["n", 2]}}"#
    ),
    ("repeat over nothing", recipe(#""y = x""#, more: #", "repeat": {"over": {"v": "u"}, "steps": ["y = y"]}"#)),
    (
      "repeat a quarter of a million times",
      recipe(#""y = x""#, more: #", "repeat": {"times": 250000, "steps": ["y = y + 1"]}"#)
    ),
    ("repeat many nodes", recipe(#""y = x""#, more: #", "repeat": {"times": 20000, "steps": ["y = y + y * y"]}"#)),
    ("repeat no line", recipe(#""y = x""#, more: #", "repeat": {"times": 3, "steps": []}"#)),
    ("repeat with a misspelt key", recipe(#""y = x""#, more: #", "repeat": {"times": 3, "step": ["y = y"]}"#)),
    (
      "state is a number",
      recipe(#""y = x""#, more: #", "repeat": {"times": 3, "state": {"h": 0}, "steps": ["h = y"]}"#)
    ),
    (
      "state named twice",
      recipe(#""y = x""#, more: #", "repeat": {"times": 3, "state": {"y": "x"}, "steps": ["h = y"]}"#)
    ),
    ("architecture beside steps", recipe(#""y = x""#, more: #", "architecture": {"kind": "gru"}"#)),
    ("architecture without weights", #"{"recipe": 1, "architecture": {"kind": "gru"}}"#),
    ("architecture of no kind", #"{"recipe": 1, "weights": "w.safetensors", "architecture": {}}"#),
    (
      "architecture of a misspelt kind", #"{"recipe": 1, "weights": "w.safetensors", "architecture": {"kind": "gruu"}}"#
    ),
    (
      "architecture with a misspelt key",
      #"{"recipe": 1, "weights": "w.safetensors", "architecture": {"kind": "gru", "stpe": true}}"#
    ),
    (
      "architecture with a wrong step",
      #"{"recipe": 1, "weights": "w.safetensors", "architecture": {"kind": "gru", "step": 1}}"#
    ),
    ("another model", #"{"model_type": "llama"}"#),
    ("another class", #"{"_class_name": "FluxTransformer2DModel"}"#),
    ("gpt2 without weights", #"{"model_type": "gpt2"}"#),
    ("gpt2 of no heads", #"{"model_type": "gpt2", "n_head": 0}"#),
    ("gpt2 of odd heads", #"{"model_type": "gpt2", "n_head": 7, "n_embd": 8}"#),
    ("gpt2 of 2^40 layers", #"{"model_type": "gpt2", "n_layer": 1099511627776}"#),
    ("gpt2 of a text's width", #"{"model_type": "gpt2", "n_embd": "wide"}"#),
    ("gpt2 of an odd function", #"{"model_type": "gpt2", "activation_function": "gelu_nwe"}"#),
    ("gpt2 with a foreign head", #"{"model_type": "gpt2", "architectures": ["GPT2ForSequenceClassification"]}"#),
    ("gpt2 with cross attention", #"{"model_type": "gpt2", "add_cross_attention": true}"#),
    ("unet with a misspelt block", #"{"_class_name": "UNet2DModel", "down_block_types": ["DownBlok2D"]}"#),
    ("unet with a block of another kind", #"{"_class_name": "UNet2DModel", "down_block_types": ["SkipDownBlock2D"]}"#),
    (
      "unet of three blocks and two",
      #"{"_class_name": "UNet2DModel", "down_block_types": ["DownBlock2D", "DownBlock2D"], "up_block_types": ["UpBlock2D"], "block_out_channels": [4, 8]}"#
    ),
    ("unet of no block", #"{"_class_name": "UNet2DModel", "down_block_types": []}"#),
    ("unet of channels beyond count", #"{"_class_name": "UNet2DModel", "block_out_channels": [9223372036854775807]}"#),
    ("unet with labels", #"{"_class_name": "UNet2DModel", "num_class_embeds": 10}"#),
    ("unet with learned times", #"{"_class_name": "UNet2DModel", "time_embedding_type": "learned"}"#),
    ("unet with an odd function", #"{"_class_name": "UNet2DModel", "act_fn": "mish"}"#),
    ("unet that goes down otherwise", #"{"_class_name": "UNet2DModel", "downsample_type": "resnet"}"#),
    ("unet of groups of zero", #"{"_class_name": "UNet2DModel", "norm_num_groups": 0}"#),
    ("unet of an odd shift", #"{"_class_name": "UNet2DModel", "resnet_time_scale_shift": "ada_group"}"#),
    ("unet with a negative epsilon", #"{"_class_name": "UNet2DModel", "norm_eps": -1e-5}"#),
    ("unet without weights", #"{"_class_name": "UNet2DModel", "in_channels": 1}"#),
    ("gpt2 with a negative epsilon", #"{"model_type": "gpt2", "layer_norm_epsilon": -1}"#),
  ]
}
