/// The kinds of elements there are, spelled as in HTML. A new one is a case and its definition: renderers and reference
/// read those.
public enum ElementTag: String, Sendable, CaseIterable {
    case p, span, div, h1, h2, progress, video, img, button, input, a, pre, ul, li, table, tr, td

    /// Everything there is to know about one tag.
    public struct Definition: Sendable, Hashable {
        public var role: ElementRole
        /// What it is, in one sentence.
        public var summary: String
    }

    public var definition: Definition {
        switch self {
        case .p: Definition(role: .text, summary: "A paragraph; alone on its line in a terminal.")
        case .span: Definition(role: .text, summary: "A piece of text that stands beside others in a page.")
        case .div: Definition(role: .group, summary: "A box for other elements.")
        case .h1: Definition(role: .heading, summary: "A main heading.")
        case .h2: Definition(role: .heading, summary: "A heading of a part.")
        case .progress:
            Definition(role: .bar, summary: "A bar for how far something is; without a value it is indeterminate.")
        case .video: Definition(role: .media, summary: "A video with its controls; a terminal shows its name.")
        case .img: Definition(role: .media, summary: "A picture; a terminal shows its name.")
        case .button: Definition(role: .button, summary: "A button, whose clicks a page reports.")
        case .input: Definition(role: .field, summary: "A line of text that somebody can edit in a page.")
        case .a: Definition(role: .text, summary: "Text that looks like a link; a click on it can call a function.")
        case .pre: Definition(role: .preformatted, summary: "Text that keeps its spaces and line breaks.")
        case .ul: Definition(role: .group, summary: "A list; its items are li elements.")
        case .li: Definition(role: .item, summary: "An item of a list.")
        case .table: Definition(role: .table, summary: "A table; its rows are tr elements.")
        case .tr: Definition(role: .row, summary: "A row of a table; its cells are td elements.")
        case .td: Definition(role: .cell, summary: "A cell of a table.")
        }
    }

    public var role: ElementRole { definition.role }
}

/// What an element is to someone who sees it. A renderer knows how to show each role, and so each tag.
public enum ElementRole: String, Sendable, CaseIterable {
    case text, heading, preformatted
    /// It is only there for what is in it.
    case group
    case item
    case table, row, cell
    case bar, media
    case button
    /// Something that can be typed into.
    case field
}
