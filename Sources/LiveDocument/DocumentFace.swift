/// What shows a document to somebody. See `LiveDocument` for how it reads one.
public protocol DocumentFace: AnyObject {
    /// A task of the script's has come to a wait: what is in the document now stands. Called on the script's thread,
    /// very often, and mostly with nothing new: it has to be quick and must not wait.
    func look(at document: inout LiveDocument)
}
