import DecartAPI

extension Call {
    /// The end of "the server was asked …".
    var purpose: String {
        switch self {
        case .submit(let model): "to take a job for \(Excerpt.quoted(model))"
        case .status(let id): "for the status of job \(id)"
        case .result(let id): "for the result of job \(id)"
        case .input(let field, let url): "for the input \(field), \(Excerpt.quoted(Self.withoutQuery(url), limit: 120))"
        case .process(let model): "to make a picture with \(Excerpt.quoted(model))"
        case .upload(let file): "to keep the file \(Excerpt.quoted(file.bytes))"
        case .file(let id): "for the file \(id)"
        case .deletion(let id): "to delete the file \(id)"
        case .token: "for a client token"
        case .resolve(let model): "which model \(Excerpt.quoted(model)) is"
        }
    }

    /// What remains true whatever went wrong.
    var reassurance: String {
        switch self {
        case .submit, .input: "No job was submitted."
        case .status(let id), .result(let id): "The job is not affected: ask again with its id, \(id)."
        case .process: "No picture was made."
        case .upload: "No file was stored."
        case .file: "The file is not affected."
        case .deletion: "The file was not deleted."
        case .token: "No token was issued."
        case .resolve: "Nothing was changed."
        }
    }

    /// What to make of a write that may have been carried out, or not, because of `what`.
    func doubt(_ what: String) -> String {
        switch self {
        case .process:
            "A picture may have been made and billed, or not: \(what). It was not asked for again, since that could be "
                + "a second bill."
        case .upload:
            "The file may have been stored, or not: \(what). It was not sent again; to do so may leave a second copy."
        case .deletion(let id):
            "The file may have been deleted, or not: \(what). Ask for \(id) to see whether it is still there."
        case .token:
            "A token may have been issued, or not: \(what). Nobody has it, and it expires by itself: ask for another."
        default:
            "The job may have been submitted, or not: \(what). It was not sent again, since that could be a second, "
                + "paid job. Check whether it exists before you submit it again."
        }
    }

    /// A signed address carries its secret behind the question mark.
    private static func withoutQuery(_ url: String) -> String {
        String(url.prefix { $0 != "?" && $0 != "#" })
    }
}
