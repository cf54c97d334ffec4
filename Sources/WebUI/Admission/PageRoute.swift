/// What a path after the token stands for.
enum PageRoute: Hashable, Sendable {
    case page
    case asset(PageAsset)
    /// The stream of what changes.
    case events
    /// A file that the script has shown, by the id that it was given.
    case media(String)
    /// Something was pressed or typed, or an element is missing.
    case action
    /// A page that is being closed says so.
    case goodbye
    /// The browser says that it has refused something of the user's page.
    case refusal

    /// - Parameter path: what follows `/<token>/`.
    init?(_ path: some StringProtocol) {
        switch path {
        case "": self = .page
        case "events": self = .events
        case "action": self = .action
        case "goodbye": self = .goodbye
        case "refusal": self = .refusal
        default:
            if let asset = PageAsset(rawValue: String(path)) {
                self = .asset(asset)
            } else if path.hasPrefix("media/") {
                self = .media(String(path.dropFirst("media/".count)))
            } else {
                return nil
            }
        }
    }

    /// Whether something is sent here, rather than fetched.
    var isAction: Bool { self == .action || self == .goodbye || self == .refusal }
}
