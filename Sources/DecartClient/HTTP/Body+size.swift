package import DecartAPI

extension TransportRequest.Body {
    /// How many bytes it has on the wire.
    package var byteCount: Int {
        switch self {
        case .none: 0
        case .json(let value): value.serialized().count
        case .bytes(let bytes): bytes.count
        case .form(let form): MultipartBody.length(of: form)
        }
    }
}
