/// A notebook to start from.
public struct NotebookTemplate: Sendable {
  /// The name.
  public let name: String
  /// What it is for.
  public let purpose: String
  /// The notebook.
  public let text: String

  /// Every template.
  public static let all = [
    NotebookTemplate(
      name: "spectral-gap", purpose: "how many directions a score network keeps",
      text: """
        ---
        title: "Spectral gaps of `=score.name`"
        params:
          network: {type: path, default: score.onnx, help: the score network}
          data:    {type: path, default: points.npy, help: clean data points}
          points:  {type: int, default: 32, min: 1, help: how many points to probe at}
        seed: 7
        theme: [neurips]
        ---
        How many directions does the score keep as the noise falls?

        ```{network #score}
        path: ${network}
        predicts: noise      # noise, x0, v, score, edm or flow
        process: ve          # ve, vp, ddpm, edm or flow
        ```

        ```{spectral-gap #gaps}
        network: score
        points: {from: "${data}", count: "${points}"}
        ```

        ```{figure #fig-spectra}
        show: gaps.spectra
        ```

        ```{figure #fig-dimension}
        show: [gaps.dimension, gaps.gaps]
        width: full
        ```

        At the smallest noise, `=gaps.dimension` of `=gaps.ambientDimension` directions survive (@fig-spectra, @fig-dimension).

        ```{table #tbl-levels}
        show: gaps.levels
        ```

        """),
    NotebookTemplate(
      name: "jacobian", purpose: "singular values of any network's Jacobian",
      text: """
        ---
        title: "Jacobian of `=net.name`"
        params:
          network: {type: path, default: network.onnx, help: the network}
          data:    {type: path, default: points.npy, help: points of the size of its first input}
        theme: [neurips]
        ---
        How strongly, and along how many directions, does the output follow the input?

        ```{network #net}
        path: ${network}
        ```

        ```{jacobian-spectrum #spectrum}
        network: net
        points: {from: "${data}"}
        ```

        ```{figure #fig-spectra}
        show: spectrum.spectra
        ```

        ```{table #tbl-summary}
        show: spectrum.summary
        ```

        """),
  ]
}
