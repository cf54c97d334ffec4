/// The inputs of each family of models, as the server takes them. Where Decart's published clients disagree with one
/// another or with an older version of themselves, this has the newest rule.
extension InputSchema {
    /// From text alone.
    public static let text = InputSchema(
        name: "text",
        fields: [.prompt, .seed, .resolution720or480, InputField("orientation", .text(min: 0, max: nil))])

    public static let imageToVideo = InputSchema(
        name: "image_to_video", fields: [.prompt, .image("data", required: true), .seed, .resolution720or480])

    public static let imageToVideoDev = InputSchema(
        name: "image_to_video_dev", fields: [.prompt, .image("data", required: true), .seed, .resolution720])

    public static let firstLastFrame = InputSchema(
        name: "first_last_frame",
        fields: [
            .prompt, .image("start", required: true), .image("end", required: true), .seed, .resolution720or480,
        ])

    /// A picture that moves along a path. (Up to 121 points until December 2025.)
    public static let motion = InputSchema(
        name: "motion",
        fields: [
            .image("data", required: true), InputField("trajectory", .trajectory(count: 2...1000), required: true),
            .seed, .resolution720,
        ])

    public static let videoFast = InputSchema(
        name: "video_fast", fields: [.prompt, .video, .seed, .resolution720, .enhancePrompt])

    /// The prompt's upper bound of 1000 went in June 2026, `num_inference_steps` in February 2026.
    public static let videoEdit = InputSchema(
        name: "video_edit",
        fields: [
            InputField("prompt", .text(min: 1, max: nil), required: true), .video, .image("reference_image"), .seed,
            .resolution720, .enhancePrompt,
        ])

    /// The prompt may be missing or empty: the server takes it as "". Only lucy-2.5 and lucy-latest use `self_anchor`.
    public static let videoEdit2 = InputSchema(
        name: "video_edit_2",
        fields: [
            InputField("prompt", .text(min: 0, max: nil)), .image("reference_image"), .video, .seed, .resolution720,
            .enhancePrompt, InputField("self_anchor", .boolean),
        ])

    /// Guided by words or by a picture, never both.
    public static let restyle = InputSchema(
        name: "restyle",
        fields: [
            InputField("prompt", .text(min: 1, max: nil)), .image("reference_image"), .video, .seed, .resolution720,
            .enhancePrompt,
        ],
        exactlyOneOf: ["prompt", "reference_image"],
        onlyWith: [Requirement(field: "enhance_prompt", with: "prompt")])

    public static let imageEdit = InputSchema(
        name: "image_edit",
        fields: [
            .prompt, .image("data", required: true), .image("reference_image"), .seed, .resolution720or480,
            .enhancePrompt,
        ])

    public static let robot = InputSchema(
        name: "robot",
        fields: [
            InputField("prompt", .text(min: 0, max: nil), required: true), .video, .seed, .resolution720,
            .enhancePrompt,
        ])

    /// Realtime models take no job inputs. (Not called `none`, which would mean nil for an optional schema.)
    public static let noInputs = InputSchema(name: "none", fields: [])
}

extension InputField {
    fileprivate static let prompt = InputField("prompt", .text(min: 1, max: 1000), required: true)
    fileprivate static let seed = InputField("seed", .integer(0...4_294_967_295))
    fileprivate static let resolution720 = InputField("resolution", .choice(["720p"]), defaultText: "720p")
    fileprivate static let resolution720or480 = InputField(
        "resolution", .choice(["720p", "480p"]), defaultText: "720p")
    fileprivate static let enhancePrompt = InputField("enhance_prompt", .boolean)
    fileprivate static let video = InputField("data", .videoFile, required: true)

    fileprivate static func image(_ name: String, required: Bool = false) -> InputField {
        InputField(name, .imageFile, required: required)
    }
}
