import DecartAPI

extension ValidationCase {
    private static let flf = "lucy-pro-flf2v"

    /// Models that start from pictures, and those that make them.
    static let image: [ValidationCase] = [
        ValidationCase("lucy-pro-i2v", ["prompt": .cat, "data": .image]),
        ValidationCase("lucy-pro-i2v", ["prompt": .cat, "data": .image, "resolution": .text("480p")]),
        ValidationCase("lucy-pro-i2v", ["data": .image], ["prompt"]),
        ValidationCase("lucy-pro-i2v", ["prompt": .cat], ["data"]),
        ValidationCase("lucy-pro-i2v", ["prompt": .letters(1001), "data": .image], ["prompt"]),
        ValidationCase("lucy-dev-i2v", ["prompt": .cat, "data": .url]),
        ValidationCase("lucy-dev-i2v", ["prompt": .cat, "data": .image, "resolution": .text("480p")], ["resolution"]),
        ValidationCase(flf, ["prompt": .cat, "start": .image, "end": .blob]),
        ValidationCase(flf, ["prompt": .cat, "start": .image], ["end"]),
        ValidationCase(flf, ["prompt": .cat, "end": .image], ["start"]),
        ValidationCase(flf, ["prompt": .cat, "start": .image, "end": .image, "data": .image], ["data"]),
        ValidationCase(flf, ["start": .integer(0), "end": .json(["a"])], ["prompt", "start", "end"]),
        ValidationCase("lucy-image-2", ["prompt": .cat, "data": .image]),
        ValidationCase(
            "lucy-image-2", ["prompt": .cat, "data": .image, "reference_image": .url, "enhance_prompt": .no]),
        ValidationCase("lucy-image-latest", ["prompt": .cat, "data": .image, "resolution": .text("480p")]),
        ValidationCase("lucy-pro-i2i", ["prompt": .letters(1001), "data": .image], ["prompt"]),
        ValidationCase("lucy-image-2", ["prompt": .cat, "data": .image, "self_anchor": .yes], ["self_anchor"]),

        // motion
        ValidationCase("lucy-motion", ["data": .image, "trajectory": .path(2)]),
        ValidationCase("lucy-motion-latest", ["data": .image, "trajectory": .path(1000)]),
        ValidationCase("lucy-motion", ["data": .image], ["trajectory"]),
        ValidationCase("lucy-motion", ["data": .image, "trajectory": .path(2), "prompt": .cat], ["prompt"]),
        ValidationCase("lucy-motion", ["data": .image, "trajectory": .path(1)], ["trajectory"]),
        ValidationCase("lucy-motion", ["data": .image, "trajectory": .path(1001)], ["trajectory"]),
        ValidationCase("lucy-motion", ["data": .image, "trajectory": .json([])], ["trajectory"]),
        ValidationCase("lucy-motion", ["data": .image, "trajectory": .json([:])], ["trajectory"]),
        ValidationCase("lucy-motion", ["data": .image, "trajectory": .json(["frame": 1])], ["trajectory"]),
        ValidationCase("lucy-motion", ["data": .image, "trajectory": .text("[]")], ["trajectory"]),
        ValidationCase("lucy-motion", ["data": .image, "trajectory": .image], ["trajectory"]),
        ValidationCase(
            "lucy-motion", ["data": .image, "trajectory": .points(["frame": 1.5, "x": 2000, "y": 0.1, "note": "ok"])]),
        ValidationCase(
            "lucy-motion", ["data": .image, "trajectory": .points(["frame": 1, "x": -0.1, "y": 0])], ["trajectory"]),
        ValidationCase(
            "lucy-motion", ["data": .image, "trajectory": .points(["frame": -1, "x": 0, "y": 0])], ["trajectory"]),
        ValidationCase("lucy-motion", ["data": .image, "trajectory": .points(["frame": 1, "x": 0])], ["trajectory"]),
        ValidationCase(
            "lucy-motion", ["data": .image, "trajectory": .points(["frame": "1", "x": 0, "y": 0])], ["trajectory"]),
        ValidationCase(
            "lucy-motion", ["data": .image, "trajectory": .points(["frame": 1, "x": .number(.nan), "y": 0])],
            ["trajectory"]),
        ValidationCase(
            "lucy-motion", ["data": .image, "trajectory": .points(["frame": 1, "x": .number(.infinity), "y": 0])],
            ["trajectory"]),
        ValidationCase("lucy-motion", ["data": .image, "trajectory": .points(1, [], .null)], ["trajectory"]),
        ValidationCase("lucy-motion", ["data": .image, "trajectory": .json([1])], ["trajectory", "trajectory"]),
    ]
}
