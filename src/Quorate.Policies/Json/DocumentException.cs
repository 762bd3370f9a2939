namespace Quorate.Policies;

/// <summary>A document is not what it should be; says where (RFC 6901), what kind of mistake it is, and what would be right.</summary>
public sealed class DocumentException : FormatException
{
    internal DocumentException(string pointer, string code, string problem)
        : base($"{(pointer.Length == 0 ? "document" : pointer)}: {problem}") =>
        (Pointer, Code, Problem) = (pointer, code, problem);

    /// <summary>JSON pointer to the value at fault; empty for the document as a whole.</summary>
    public string Pointer { get; }

    /// <summary>The kind of mistake, for programs; docs/spec/policies.md lists them.</summary>
    public string Code { get; }

    /// <summary>The mistake in words, without the pointer.</summary>
    public string Problem { get; }
}
