extension ModelCatalog {
    /// Name, state, frames per second, width, height (pixels), inputs. As of August 2026.
    static let rows: [ModelDefinition] = [
        .video("lucy-2.1", .current, 20, 1280, 720, .videoEdit2),
        .video("lucy-2.5", .current, 20, 1280, 720, .videoEdit2),
        .video("lucy-2.6", .current, 20, 1280, 720, .videoEdit2),
        .video("lucy-clip", .current, 25, 1280, 704, .videoEdit),
        .video("lucy-restyle-2", .current, 22, 1280, 704, .restyle),
        .video("lucy-vton-2", .current, 20, 1088, 624, .videoEdit2),
        .video("lucy-vton-3", .current, 20, 1088, 624, .videoEdit2),
        .video("lucy-vton-3.5", .current, 20, 1280, 720, .videoEdit2),
        .video("lucy-vton-3.6", .current, 20, 1280, 720, .videoEdit2),
        .video("lucy-clip-latest", .rolling, 25, 1280, 704, .videoEdit),
        .video("lucy-latest", .rolling, 20, 1280, 720, .videoEdit2),
        .video("lucy-motion-latest", .rolling, 25, 1280, 704, .motion),
        .video("lucy-restyle-latest", .rolling, 22, 1280, 704, .restyle),
        .video("lucy-vton-latest", .rolling, 20, 1280, 720, .videoEdit2),
        .video("lucy-2.1-vton-2", .deprecated, 20, 1088, 624, .videoEdit2, use: "lucy-vton-2"),
        .video("lucy-pro-v2v", .deprecated, 25, 1280, 704, .videoEdit, use: "lucy-clip"),
        .video("lucy-restyle-v2v", .deprecated, 22, 1280, 704, .restyle, use: "lucy-restyle-2"),
        .video("lucy-2", .retired, 20, 1280, 720, .videoEdit2),
        .video("lucy-2-v2v", .retired, 20, 1280, 720, .videoEdit2),
        .video("lucy-2.1-vton", .retired, 20, 1088, 624, .videoEdit2),
        .video("lucy-dev-i2v", .retired, 25, 1280, 704, .imageToVideoDev),
        .video("lucy-dev-v2v", .retired, 25, 1280, 704, .videoFast),
        .video("lucy-fast-v2v", .retired, 25, 1280, 720, .videoFast),
        .video("lucy-motion", .retired, 25, 1280, 704, .motion),
        .video("lucy-pro-flf2v", .retired, 25, 1280, 704, .firstLastFrame),
        .video("lucy-pro-i2v", .retired, 25, 1280, 704, .imageToVideo),
        .video("lucy-pro-t2v", .retired, 25, 1280, 704, .text),
        .video("lucy-vton", .retired, 20, 1088, 624, .videoEdit2),
        .image("lucy-image-2", .current, 25, 1280, 704, .imageEdit),
        .image("lucy-image-latest", .rolling, 25, 1280, 704, .imageEdit),
        .image("lucy-pro-i2i", .deprecated, 25, 1280, 704, .imageEdit, use: "lucy-image-2"),
        .image("lucy-pro-t2i", .retired, 25, 1280, 704, .text),
        .realtime("lucy-2.1", .current, 30, 1280, 720),
        .realtime("lucy-2.5", .current, 30, 1280, 720),
        .realtime("lucy-2.6", .current, 30, 1280, 720),
        .realtime("lucy-restyle-2", .current, 30, 1280, 704),
        .realtime("lucy-vton-2", .current, 30, 1088, 624),
        .realtime("lucy-vton-3", .current, 30, 1088, 624),
        .realtime("lucy-vton-3.5", .current, 30, 1280, 720),
        .realtime("lucy-vton-3.6", .current, 30, 1280, 720),
        .realtime("mirage_v2", .current, 30, 1280, 704),
        .realtime("lucy-latest", .rolling, 30, 1280, 720),
        .realtime("lucy-restyle-latest", .rolling, 30, 1280, 704),
        .realtime("lucy-vton-latest", .rolling, 30, 1280, 720),
        .realtime("lucy-2.1-vton-2", .deprecated, 30, 1088, 624, use: "lucy-vton-2"),
        .realtime("avatar-live", .retired, 25, 1280, 720, streamPath: "/v1/avatar-live/stream"),
        .realtime("live-avatar", .retired, 25, 1280, 720),
        .realtime("live_avatar", .retired, 25, 1280, 720),
        .realtime("lucy", .retired, 25, 1280, 704),
        .realtime("lucy-2", .retired, 20, 1088, 624),
        .realtime("lucy-2.1-vton", .retired, 30, 1088, 624),
        .realtime("lucy-restyle", .retired, 25, 1280, 704),
        .realtime("lucy-vton", .retired, 30, 1088, 624),
        .realtime("lucy_2_rt", .retired, 20, 1088, 624),
        .realtime("lucy_v2v_14b_rt", .retired, 20, 1280, 720),
        .realtime("lucy_v2v_720p_rt", .retired, 25, 1280, 704),
        .realtime("mirage", .retired, 25, 1280, 704),
    ]
}

extension ModelDefinition {
    fileprivate static func video(
        _ name: String, _ state: State, _ fps: Int, _ width: Int, _ height: Int, _ inputs: InputSchema,
        use: String? = nil
    ) -> ModelDefinition {
        job(.video, name, state, fps, width, height, inputs, use)
    }

    fileprivate static func image(
        _ name: String, _ state: State, _ fps: Int, _ width: Int, _ height: Int, _ inputs: InputSchema,
        use: String? = nil
    ) -> ModelDefinition {
        job(.image, name, state, fps, width, height, inputs, use)
    }

    fileprivate static func realtime(
        _ name: String, _ state: State, _ fps: Int, _ width: Int, _ height: Int, streamPath: String = "/v1/stream",
        use: String? = nil
    ) -> ModelDefinition {
        ModelDefinition(
            name: name, kind: .realtime, state: state, use: use, fps: fps, width: width, height: height,
            streamPath: streamPath, inputs: .noInputs)
    }

    private static func job(
        _ kind: Kind, _ name: String, _ state: State, _ fps: Int, _ width: Int, _ height: Int, _ inputs: InputSchema,
        _ use: String?
    ) -> ModelDefinition {
        ModelDefinition(
            name: name, kind: kind, state: state, use: use, fps: fps, width: width, height: height,
            jobsPath: "/v1/jobs/\(name)", generatePath: "/v1/generate/\(name)", inputs: inputs)
    }
}
