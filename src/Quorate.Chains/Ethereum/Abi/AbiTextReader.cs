using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Quorate.Chains.Ethereum.Abi;

/// <summary>Reads types and parameter lists: <c>(address to,uint256[2])</c>, with or without names, one space before a name.</summary>
struct AbiTextReader(string text)
{
    const int MaxTextLength = 4096;

    readonly string text = text.Length <= MaxTextLength ? text : "";
    int position;

    internal readonly bool IsAtEnd => position == text.Length && text.Length > 0;

    readonly char Current => position < text.Length ? text[position] : '\0';

    /// <summary>A type, with what array brackets follow it.</summary>
    internal bool TryReadType(int depth, [NotNullWhen(true)] out AbiType? type)
    {
        type = null;
        if (Current == '(')
        {
            if (depth >= AbiType.MaxDepth || !TryReadMembers(depth + 1, out var members))
                return false;
            type = AbiType.TupleOf(members);
        }
        else
        {
            type = AbiType.Elementary(Word());
        }
        while (type is not null && Current == '[')
        {
            position++;
            var digits = Word();
            int? length = null;
            if (!digits.IsEmpty)
            {
                if (digits[0] == '0' || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
                    return false;
                length = parsed;
            }
            if (!TrySkip(']'))
                return false;
            type = AbiType.ArrayOf(type, length);
        }
        return type is not null;
    }

    /// <summary>A parameter list in parentheses, which may be empty only where it stands for a function's.</summary>
    internal bool TryReadMembers(int depth, out ImmutableArray<AbiMember> members, bool mayBeEmpty = false)
    {
        members = [];
        if (!TrySkip('('))
            return false;
        if (mayBeEmpty && TrySkip(')'))
            return true;
        var list = ImmutableArray.CreateBuilder<AbiMember>();
        do
        {
            if (list.Count == AbiType.MaxMembers || !TryReadType(depth, out var type))
                return false;
            string? name = null;
            if (TrySkip(' '))
            {
                name = Word().ToString();
                if (!IsIdentifier(name))
                    return false;
            }
            list.Add(new(name, type));
        }
        while (TrySkip(','));
        members = list.DrainToImmutable();
        return TrySkip(')');
    }

    /// <summary>Letters, digits, _ and $.</summary>
    internal ReadOnlySpan<char> Word()
    {
        var start = position;
        while (char.IsAsciiLetterOrDigit(Current) || Current is '_' or '$')
            position++;
        return text.AsSpan(start, position - start);
    }

    internal static bool IsIdentifier(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty || name.Length > 128 || char.IsAsciiDigit(name[0]))
            return false;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '$'))
                return false;
        return true;
    }

    bool TrySkip(char expected)
    {
        if (Current != expected)
            return false;
        position++;
        return true;
    }
}
