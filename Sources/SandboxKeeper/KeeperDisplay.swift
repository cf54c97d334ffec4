public import LiveDocument

/// Shows what a script shows: on the keeper's terminal, in its page. Called on the keeper's loop.
public protocol KeeperDisplay: AnyObject, Sendable {
    /// Whether it shows what pictures and videos contain.
    var hasPage: Bool { get }

    /// The document has changed.
    func update(from document: inout LiveDocument)

    /// A video that was paid for is about to be shown: it is to be saved if nobody fetches it.
    /// - Parameter name: of the file, as the script wants it.
    func keeps(_ video: MediaBlob, as name: [UInt8])

    /// An error of the script's, with its traceback.
    func report(_ error: String)

    /// The script has left, as by `os.exit`: nothing stays of what it has shown.
    func scriptLeaves()

    /// Something that the person who runs the script should know.
    func warn(_ message: String)
}
