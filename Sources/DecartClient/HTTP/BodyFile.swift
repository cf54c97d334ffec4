import DecartAPI
import NIOCore

/// A file in a request's body that could not be read or has changed since the request was made.
struct BodyFileError: Error {
    var reason: String
}

/// A file that is being sent. It ends after exactly as many bytes as were promised. If its size changes or it is
/// written to in the meantime, the request fails while the body is still incomplete, so that no server takes it for a
/// whole one.
struct BodyFile: Sendable {
    private let file: OpenFile
    private let path: BytePath
    private let promised: FileFacts

    static func open(_ path: BytePath, size: Int) async throws -> BodyFile {
        let opened = await FileWork.run { () -> Result<(OpenFile, FileFacts), SystemError> in
            Result { () throws(SystemError) in
                let file = try OpenFile(reading: path)
                return (file, try file.facts())
            }
        }
        switch opened {
        case .failure(let error):
            throw BodyFileError(reason: "\(path) could not be read: \(error.message)")
        case .success((let file, let facts)):
            guard facts.size == size else { throw changed(path) }
            return BodyFile(file: file, path: path, promised: facts)
        }
    }

    /// At most `count` bytes; nil at the promised end.
    func next(upTo count: Int) async throws -> ByteBuffer? {
        let read = await FileWork.run { () -> Result<(ByteBuffer, FileFacts, Int), SystemError> in
            Result { () throws(SystemError) in
                let room = min(count, promised.size - file.position)
                var bytes = ByteBuffer()
                if room > 0 { try file.read(upTo: room, into: &bytes) }
                return (bytes, try file.facts(), room)
            }
        }
        switch read {
        case .failure(let error):
            throw BodyFileError(reason: "\(path) could not be read: \(error.message)")
        case .success((let bytes, let facts, let room)):
            guard facts == promised, room == 0 || bytes.readableBytes > 0 else { throw Self.changed(path) }
            return room == 0 ? nil : bytes
        }
    }

    private static func changed(_ path: BytePath) -> BodyFileError {
        BodyFileError(reason: "\(path) changed while it was being sent")
    }
}
