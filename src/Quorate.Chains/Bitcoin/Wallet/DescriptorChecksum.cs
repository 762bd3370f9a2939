namespace Quorate.Chains.Bitcoin;

/// <summary>The eight characters after a descriptor's # (BIP 380, "Checksum"): a BCH code over 32 elements.</summary>
static class DescriptorChecksum
{
    internal const int Length = 8;

    const string Input = "0123456789()[],'/*abcdefgh@:$%{}IJKLMNOPQRSTUVWXYZ&+-.;<=>?!^_|~ijklmnopqrstuvwxyzABCDEFGH`#\"\\ ";
    const string Output = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    static ReadOnlySpan<ulong> Generator => [0xf5dee51989, 0xa9fdca3312, 0x1bab10e32d, 0x3706b1677a, 0x644d626ffd];

    /// <summary>The checksum of a descriptor without one.</summary>
    /// <exception cref="FormatException">It has a character that no descriptor has.</exception>
    internal static string Of(ReadOnlySpan<char> descriptor)
    {
        ulong sum = 1, group = 0;
        var count = 0;
        foreach (var character in descriptor)
        {
            var value = Input.IndexOf(character, StringComparison.Ordinal);
            if (value < 0)
                throw new FormatException("The descriptor has a character that no descriptor has.");
            sum = Step(sum, (ulong)value & 31);
            group = group * 3 + ((ulong)value >> 5);
            if (++count == 3)
            {
                sum = Step(sum, group);
                (group, count) = (0, 0);
            }
        }
        if (count > 0)
            sum = Step(sum, group);
        for (var i = 0; i < Length; i++)
            sum = Step(sum, 0);
        sum ^= 1;
        Span<char> text = stackalloc char[Length];
        for (var i = 0; i < Length; i++)
            text[i] = Output[(int)((sum >> (5 * (Length - 1 - i))) & 31)];
        return new string(text);
    }

    static ulong Step(ulong sum, ulong value)
    {
        var top = sum >> 35;
        sum = ((sum & 0x7ffffffff) << 5) ^ value;
        for (var i = 0; i < 5; i++)
            sum ^= ((top >> i) & 1) == 0 ? 0 : Generator[i];
        return sum;
    }
}
