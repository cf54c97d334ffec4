/// One model: what it is called, where its jobs go, what its clips look like. A row of `ModelCatalog`, or a custom
/// definition by the caller.
public struct ModelDefinition: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case video, image, realtime
    }

    /// Whether the service still accepts the model's name.
    public enum State: String, Sendable, CaseIterable {
        case current
        /// An alias that the server moves from model to model.
        case rolling
        /// Still accepted; `use` names its successor.
        case deprecated
        /// No longer offered; known here because older code names it.
        case retired
    }

    public var name: String
    public var kind: Kind
    public var state: State
    /// The successor of a deprecated model.
    public var use: String?
    /// Frames per second; nil for a custom model that does not say.
    public var fps: Int?
    /// Pixels.
    public var width: Int?
    public var height: Int?
    /// Where jobs are submitted (`/v1/jobs/…`); nil for realtime models.
    public var jobsPath: String?
    /// Where a result is generated at once (`/v1/generate/…`); nil for realtime models.
    public var generatePath: String?
    /// Realtime models only.
    public var streamPath: String?
    /// The rules of its inputs; nil for a custom model, whose fields are sent unchecked and sorted by name.
    public var inputs: InputSchema?

    public init(
        name: String, kind: Kind, state: State = .current, use: String? = nil, fps: Int? = nil, width: Int? = nil,
        height: Int? = nil, jobsPath: String? = nil, generatePath: String? = nil, streamPath: String? = nil,
        inputs: InputSchema? = nil
    ) {
        self.name = name
        self.kind = kind
        self.state = state
        self.use = use
        self.fps = fps
        self.width = width
        self.height = height
        self.jobsPath = jobsPath
        self.generatePath = generatePath
        self.streamPath = streamPath
        self.inputs = inputs
    }
}
