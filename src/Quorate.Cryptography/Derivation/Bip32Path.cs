using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Quorate.Cryptography.Derivation;

/// <summary>
/// A path in a BIP 32 tree, such as <c>m/84'/0'/0'/0/5</c>: indices below 2³¹, and from 2³¹ on the hardened ones, written as
/// i' or ih.
/// </summary>
public sealed class Bip32Path : IEquatable<Bip32Path>
{
    /// <summary>Longest path: the depth of an extended key is one byte.</summary>
    public const int MaxDepth = 255;

    // "/2147483647'" for every step and the "m" before them.
    const int MaxLength = 1 + 12 * MaxDepth;

    readonly ImmutableArray<uint> indices;

    /// <summary>A path of these indices, hardened ones included as numbers from 2³¹ on.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MaxDepth"/> indices.</exception>
    public Bip32Path(params ReadOnlySpan<uint> indices)
    {
        if (indices.Length > MaxDepth)
            throw new ArgumentException($"{indices.Length} steps; at most {MaxDepth}.", nameof(indices));
        this.indices = [.. indices];
    }

    /// <summary>The empty path, <c>m</c>.</summary>
    public static Bip32Path Root { get; } = new();

    /// <summary>The indices from the root down.</summary>
    public ReadOnlySpan<uint> Indices => indices.AsSpan();

    /// <summary>Whether a step is hardened, so that a public key can not take it.</summary>
    public bool IsHardened => indices.Any(index => index >= Bip32.Hardened);

    /// <summary>Reads a path as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">The text is no path.</exception>
    public static Bip32Path Parse(string text) =>
        TryParse(text, out var path) ? path : throw new FormatException("Not a BIP 32 path.");

    /// <summary>
    /// Reads <c>m</c> followed by steps of a slash, a decimal index below 2³¹ without leading zeros, and for a hardened
    /// step an apostrophe or h. False for anything else: no spaces, no other signs, no empty step, at most 255 steps.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Bip32Path? path)
    {
        path = null;
        if (text is null || text.Length is 0 or > MaxLength || text[0] != 'm')
            return false;
        var steps = text.AsSpan(1);
        Span<uint> found = stackalloc uint[MaxDepth];
        var depth = 0;
        while (!steps.IsEmpty)
        {
            if (depth == MaxDepth || steps[0] != '/')
                return false;
            steps = steps[1..];
            var end = steps.IndexOf('/');
            var step = end < 0 ? steps : steps[..end];
            steps = steps[step.Length..];
            if (!TryParseStep(step, out found[depth++]))
                return false;
        }
        path = new(found[..depth]);
        return true;
    }

    static bool TryParseStep(ReadOnlySpan<char> step, out uint index)
    {
        var isHardened = step.EndsWith("'") || step.EndsWith("h");
        if (isHardened)
            step = step[..^1];
        if (!uint.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out index)
            || index >= Bip32.Hardened
            || (step[0] == '0' && step.Length > 1))
            return false;
        if (isHardened)
            index |= Bip32.Hardened;
        return true;
    }

    /// <summary>Whether both take the same steps.</summary>
    public bool Equals(Bip32Path? other) => other is not null && Indices.SequenceEqual(other.Indices);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Bip32Path);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var index in indices)
            hash.Add(index);
        return hash.ToHashCode();
    }

    /// <summary>The path with apostrophes.</summary>
    public override string ToString() =>
        "m" + string.Concat(indices.Select(index => index < Bip32.Hardened
            ? string.Create(CultureInfo.InvariantCulture, $"/{index}")
            : string.Create(CultureInfo.InvariantCulture, $"/{index - Bip32.Hardened}'")));
}
