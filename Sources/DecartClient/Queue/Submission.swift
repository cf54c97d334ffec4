public import DecartAPI

/// A job to submit: a model and its inputs, by field.
public struct Submission: Sendable {
    public var model: ModelDefinition
    public var inputs: [String: InputValue]

    public init(model: ModelDefinition, inputs: [String: InputValue]) {
        self.model = model
        self.inputs = inputs
    }
}

/// A job that has been checked and is ready to be sent.
public struct PreparedSubmission: Sendable {
    public let model: ModelDefinition
    /// Where it is posted, relative to the base URL.
    public let path: String
    /// All that would be sent.
    public let form: MultipartForm

    /// For what was checked elsewhere.
    package init(model: ModelDefinition, path: String, form: MultipartForm) {
        self.model = model
        self.path = path
        self.form = form
    }
}
