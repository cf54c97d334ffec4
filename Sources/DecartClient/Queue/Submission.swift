public import DecartAPI

/// A job to be made: a model and what it is given, by field.
public struct Submission: Sendable {
    public var model: ModelDefinition
    public var inputs: [String: InputValue]

    public init(model: ModelDefinition, inputs: [String: InputValue]) {
        self.model = model
        self.inputs = inputs
    }
}
