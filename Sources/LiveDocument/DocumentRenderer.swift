/// Shows a document: on a terminal, as lines, in pages. See `LiveDocument` for how it reads one.
public protocol DocumentRenderer: AnyObject, Sendable {
    /// One of the script's tasks has come to a wait: what the document holds now counts. Called on the script's thread,
    /// very often, and mostly with nothing new: it has to be quick and must not wait.
    func update(from document: inout LiveDocument)

    /// The terminal's size has changed. From any thread.
    func resize()

    /// Shows the last state for good, and releases what it has taken. From any thread, and more than once.
    func close(_ end: DocumentEnd)
}

extension DocumentRenderer {
    public func resize() {}
}

/// Why there will be no more updates.
public enum DocumentEnd: Sendable, Hashable {
    /// The script has ended. The program goes on as long as somebody looks at what it has shown.
    case scriptEnded
    /// The process ends as soon as all renderers have closed.
    case processEnds(isSuccess: Bool)
}

extension LiveDocument {
    /// The shortest time between two frames of a renderer: nobody sees more than twenty a second.
    public static let frameInterval = Duration.milliseconds(50)
}
