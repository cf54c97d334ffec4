import DecartAPI

extension ValidationCase {
    /// `video_edit`, `video_edit_2`, `video_fast` and `restyle`.
    static let video: [ValidationCase] = [
        // video_edit: the prompt is required and has no upper bound.
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .video]),
        ValidationCase("lucy-pro-v2v", ["prompt": .letters(100_000), "data": .url]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .blob, "reference_image": .blob]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .text("a.mp4")]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .text("HTTPS://example.com/a.mp4")]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .video, "enhance_prompt": .no]),
        ValidationCase("lucy-clip", [:], ["prompt", "data"]),
        ValidationCase("lucy-clip", ["prompt": .cat], ["data"]),
        ValidationCase("lucy-clip", ["data": .video], ["prompt"]),
        ValidationCase("lucy-clip", ["prompt": .empty, "data": .video], ["prompt"]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .empty], ["data"]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .file(.path(""))], ["data"]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .text("a\u{0}.mp4")], ["data"]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .bytes([0xFF])], []),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .integer(1)], ["data"]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .yes], ["data"]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .json(["path": "a.mp4"])], ["data"]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .video, "reference_image": .no], ["reference_image"]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .video, "resolution": .text("720p")]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .video, "resolution": .text("480p")], ["resolution"]),
        ValidationCase(
            "lucy-clip", ["prompt": .cat, "data": .video, "enhance_prompt": .integer(1)], ["enhance_prompt"]),
        ValidationCase(
            "lucy-clip", ["prompt": .cat, "data": .video, "enhance_prompt": .text("true")], ["enhance_prompt"]),
        ValidationCase("lucy-clip", ["prompt": .cat, "data": .video, "self_anchor": .yes], ["self_anchor"]),
        ValidationCase(
            "lucy-clip", ["prompt": .cat, "data": .video, "num_inference_steps": .integer(9)], ["num_inference_steps"]),

        // video_edit_2: the prompt may be missing or empty.
        ValidationCase("lucy-2.5", ["data": .video]),
        ValidationCase("lucy-2.5", ["prompt": .empty, "data": .video]),
        ValidationCase("lucy-2.1", ["prompt": .letters(5000), "data": .video]),
        ValidationCase("lucy-latest", ["data": .video, "self_anchor": .no]),
        ValidationCase("lucy-vton-3", ["prompt": .cat, "data": .video, "reference_image": .image]),
        ValidationCase("lucy-vton-latest", ["data": .video, "reference_image": .blob, "seed": .integer(1)]),
        ValidationCase("lucy-2.5", [:], ["data"]),
        ValidationCase("lucy-2.5", ["prompt": .integer(1), "data": .video], ["prompt"]),
        ValidationCase("lucy-2.5", ["prompt": .text("\u{0}"), "data": .video], ["prompt"]),
        ValidationCase("lucy-2.5", ["data": .video, "self_anchor": .text("yes")], ["self_anchor"]),
        ValidationCase("lucy-2.5", ["data": .video, "resolution": .text("480p")], ["resolution"]),
        ValidationCase("lucy-2.5", ["data": .video, "referenceImage": .image], ["referenceImage"]),
        ValidationCase("lucy-2.5", ["reference_image": .cat, "seed": .empty], ["data", "seed"]),

        // video_fast keeps the bound of 1000 and takes no reference image.
        ValidationCase("lucy-fast-v2v", ["prompt": .cat, "data": .video]),
        ValidationCase("lucy-dev-v2v", ["prompt": .letters(1000), "data": .video, "enhance_prompt": .yes]),
        ValidationCase("lucy-dev-v2v", ["prompt": .letters(1001), "data": .video], ["prompt"]),
        ValidationCase(
            "lucy-fast-v2v", ["prompt": .cat, "data": .video, "reference_image": .image], ["reference_image"]),

        // restyle: exactly one of prompt and reference_image, enhance_prompt only with prompt.
        ValidationCase("lucy-restyle-2", ["prompt": .cat, "data": .video]),
        ValidationCase("lucy-restyle-2", ["reference_image": .image, "data": .video]),
        ValidationCase("lucy-restyle-2", ["prompt": .letters(9000), "data": .video]),
        ValidationCase("lucy-restyle-v2v", ["prompt": .cat, "data": .video, "enhance_prompt": .yes]),
        ValidationCase("lucy-restyle-2", ["data": .video], ["prompt"]),
        ValidationCase("lucy-restyle-2", [:], ["data", "prompt"]),
        ValidationCase("lucy-restyle-2", ["prompt": .empty, "data": .video], ["prompt"]),
        ValidationCase(
            "lucy-restyle-latest", ["prompt": .cat, "reference_image": .image, "data": .video], ["reference_image"]),
        ValidationCase(
            "lucy-restyle-2", ["prompt": .empty, "reference_image": .image, "data": .video],
            ["prompt", "reference_image"]),
        ValidationCase(
            "lucy-restyle-2", ["reference_image": .image, "data": .video, "enhance_prompt": .yes], ["enhance_prompt"]),
        ValidationCase(
            "lucy-restyle-2", ["reference_image": .image, "data": .video, "enhance_prompt": .integer(0)],
            ["enhance_prompt", "enhance_prompt"]),
        ValidationCase("lucy-restyle-2", ["data": .video, "enhance_prompt": .no], ["prompt", "enhance_prompt"]),
    ]
}
