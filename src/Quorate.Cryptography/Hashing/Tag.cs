namespace Quorate.Cryptography.Hashing;

/// <summary>
/// A domain-separation tag. Every hash computed by Quorate starts with one, and all of them stand in <see cref="Tags"/>,
/// where a test proves that no two are equal.
/// </summary>
public sealed class Tag
{
    internal Tag(string text) => Text = text;

    /// <summary>The tag as it is hashed, in UTF-8.</summary>
    public string Text { get; }

    /// <inheritdoc/>
    public override string ToString() => Text;
}
