import DecartAPI
import PlainErrors

extension QueueAPI {
    /// Makes a picture while the client waits.
    func generate(model name: String, _ request: QueueRequest) async -> QueueReply {
        guard let model = try? ModelCatalog.find(name: name, kind: .image) else {
            return .invalid([
                (["path", "model"], "There is no image model of that name; videos are made by jobs", "value_error")
            ])
        }
        return await withForm(of: request, by: model.inputs) { form in
            do throws(MessageError) {
                let picture = try await queue.picture(model: model, form: form)
                let type = QueueReply.Header(name: "content-type", value: picture.type)
                return QueueReply(status: 200, headers: [type], body: .bytes(picture.bytes))
            } catch {
                return .refusal(500, error.message)
            }
        }
    }
}
