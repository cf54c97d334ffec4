import DecartAPI

extension QueueAPI {
    /// Seconds that a token holds whose sender says nothing.
    private static let usualLifetime: Int64 = 60

    func issueToken(_ request: QueueRequest) async -> QueueReply {
        await withObject(of: request) { given in
            let options = TokenRules.normalised(given)
            let problems = TokenRules.problems(options)
            guard problems.isEmpty else {
                return .invalid(problems.map { (["body", $0.field], "\($0.field) \($0.rule)", "value_error") })
            }
            var permissions: [String: JSONValue] = [:]
            permissions["models"] = options["allowedModels"]
            permissions["origins"] = options["allowedOrigins"]
            var claims = permissions
            claims["metadata"] = options["metadata"]
            claims["constraints"] = options["constraints"]
            var lifetime = Self.usualLifetime
            if case .integer(let seconds)? = options["expiresIn"] { lifetime = seconds }
            let token = tokens.issue(lifetime: Double(lifetime), claims: claims)
            var members: [String: JSONValue] = [
                "apiKey": .string(token.key), "token": .string(token.jwt),
                "expiresAt": .string(UTCTime.text(token.expires)),
            ]
            if !permissions.isEmpty { members["permissions"] = .object(permissions) }
            members["constraints"] = options["constraints"]
            return .json(200, .object(members))
        }
    }
}
