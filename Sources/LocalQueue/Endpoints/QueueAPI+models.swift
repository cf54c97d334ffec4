import DecartAPI

extension QueueAPI {
    func resolveModel(_ request: QueueRequest) async -> QueueReply {
        await withObject(of: request) { given in
            guard let name = given["model"]?.text else {
                return .invalid([(["body", "model"], "model is required", "missing")])
            }
            guard let model = ModelAlias.target(of: name) else { return .refusal(404, "Model not found") }
            return .json(200, ["model_id": .string(model)])
        }
    }
}
