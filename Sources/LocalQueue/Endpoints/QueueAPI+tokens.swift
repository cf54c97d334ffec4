import DecartAPI
import PlainErrors

extension QueueAPI {
    /// Seconds a token is valid if its sender does not say.
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
            var members: [String: JSONValue] = [:]
            if !permissions.isEmpty { members["permissions"] = .object(permissions) }
            members["constraints"] = options["constraints"]
            return .answering { () throws(MessageError) in
                let token = try tokens.issue(lifetime: Double(lifetime), claims: claims)
                members["apiKey"] = .string(token.key)
                members["token"] = .string(token.jwt)
                members["expiresAt"] = .string(UTCTime.text(token.expires))
                return .json(200, .object(members))
            }
        }
    }
}
