/// The kinds of elements there are, spelled as in HTML.
public enum ElementTag: String, Sendable, CaseIterable {
    case p, span, div, h1, h2, progress, video, img, button, input, a, pre, ul, li, table, tr, td
}
