import DecartAPI

/// How routes read their bodies.
extension QueueAPI {
    /// Bytes of a JSON body, at most: metadata is small.
    private static let jsonLimit = 256 * 1024

    /// Reads a form, checks it against `schema` and passes it on. From then on `body` is responsible for its files.
    func withForm(
        of request: QueueRequest, by schema: InputSchema?, _ body: (ReceivedForm) async -> QueueReply
    ) async -> QueueReply {
        let form: ReceivedForm
        do throws(FormError) {
            form = try await request.readForm()
        } catch {
            return Self.refusal(of: error)
        }
        let problems = schema.map { FormRules.problems(with: form, schema: $0) } ?? []
        guard problems.isEmpty else {
            queue.folder.discard(form)
            return .invalid(problems.map { (["body", $0.field], $0.message, $0.type) })
        }
        return await body(form)
    }

    /// Reads a JSON object; an empty body counts as an empty object.
    func withObject(
        of request: QueueRequest, _ body: ([String: JSONValue]) -> QueueReply
    ) async -> QueueReply {
        let bytes: [UInt8]
        do throws(FormError) {
            bytes = try await request.readBody(Self.jsonLimit)
        } catch {
            return Self.refusal(of: error)
        }
        if bytes.isEmpty { return body([:]) }
        do throws(JSONError) {
            guard case .object(let members) = try JSONValue(parsing: bytes) else {
                return .invalid([(["body"], "The body must be a JSON object", "value_error")])
            }
            return body(members)
        } catch {
            return .invalid([(["body"], "The body is not JSON: \(error)", "json_invalid")])
        }
    }

    private static func refusal(of problem: FormError) -> QueueReply {
        switch problem {
        case .malformed(let reason): .refusal(400, "There was an error parsing the body: \(reason)")
        case .tooLarge(let reason): .refusal(413, reason)
        case .unsupported: .refusal(415, "Send a form, as multipart/form-data or application/x-www-form-urlencoded")
        case .coded(let coding):
            .refusal(415, "The Content-Encoding \(Excerpt.quoted(coding)) is not known here: send the body as it is")
        case .cutShort: .refusal(400, "There was an error parsing the body: it ended too early")
        case .storage(let reason): .refusal(500, reason)
        }
    }
}
