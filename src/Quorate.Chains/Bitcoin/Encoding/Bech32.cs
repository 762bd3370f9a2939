namespace Quorate.Chains.Bitcoin;

/// <summary>
/// Segregated witness addresses: bech32 (BIP 173) for version 0 and bech32m (BIP 350) for versions 1 to 16. An address has
/// one lower-case text; an upper-case one is read too, a mixed one is not.
/// </summary>
static class Bech32
{
    /// <summary>Longest text: BIP 173's error detection holds up to here.</summary>
    const int MaxLength = 90;

    const int ChecksumLength = 6;
    const uint Bech32Constant = 1;
    const uint Bech32mConstant = 0x2bc830a3;
    const string Alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    static ReadOnlySpan<uint> Generator => [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

    // The value of every ASCII character, −1 for those outside the alphabet; capitals as their small letters.
    static readonly sbyte[] values = Values();

    /// <summary>The address of a witness program.</summary>
    internal static string Encode(string prefix, int version, ReadOnlySpan<byte> program)
    {
        Span<byte> data = stackalloc byte[1 + 64 + ChecksumLength];
        data[0] = (byte)version;
        var count = 1;
        uint bits = 0;
        var held = 0;
        foreach (var octet in program)
        {
            bits = ((bits & 0x1f) << 8) | octet;
            for (held += 8; held >= 5; held -= 5)
                data[count++] = (byte)((bits >> (held - 5)) & 0x1f);
        }
        if (held > 0)
            data[count++] = (byte)((bits << (5 - held)) & 0x1f);

        var sum = Checksum(prefix, data[..count], default, version == 0 ? Bech32Constant : Bech32mConstant);
        for (var i = 0; i < ChecksumLength; i++)
            data[count++] = (byte)((sum >> (5 * (ChecksumLength - 1 - i))) & 0x1f);

        Span<char> text = stackalloc char[prefix.Length + 1 + count];
        prefix.CopyTo(text);
        text[prefix.Length] = '1';
        for (var i = 0; i < count; i++)
            text[prefix.Length + 1 + i] = Alphabet[data[i]];
        return new string(text);
    }

    /// <summary>
    /// Reads an address of <paramref name="prefix"/> into <paramref name="program"/> (40 bytes) and returns the program's length.
    /// </summary>
    /// <exception cref="FormatException">It is none; the message says what is wrong.</exception>
    internal static int Decode(ReadOnlySpan<char> text, string prefix, Span<byte> program, out int version)
    {
        if (text.Length > MaxLength)
            throw new FormatException("The address is too long.");
        bool hasLower = false, hasUpper = false;
        foreach (var c in text)
        {
            if (c is < '!' or > '~')
                throw new FormatException("The address has a character that no address has.");
            hasLower |= char.IsAsciiLetterLower(c);
            hasUpper |= char.IsAsciiLetterUpper(c);
        }
        if (hasLower && hasUpper)
            throw new FormatException("The address mixes capitals and small letters.");
        var separator = text.LastIndexOf('1');
        if (separator < 1 || text.Length - separator - 1 < ChecksumLength + 1)
            throw new FormatException("The address has no prefix, or is too short.");
        if (!text[..separator].Equals(prefix, StringComparison.OrdinalIgnoreCase))
            throw new FormatException($"The address is of another network: it does not begin with {prefix}1.");

        Span<byte> data = stackalloc byte[MaxLength];
        var count = 0;
        foreach (var c in text[(separator + 1)..])
            data[count++] = values[c] >= 0 ? (byte)values[c] : throw new FormatException("The address has a character outside bech32's alphabet.");
        data = data[..count];
        version = data[0];
        if (version > 16)
            throw new FormatException("The address has a witness version above 16.");
        var payload = data[..^ChecksumLength];
        if (Checksum(prefix, payload, data[^ChecksumLength..], 0) != (version == 0 ? Bech32Constant : Bech32mConstant))
            throw new FormatException("The address has a wrong checksum.");

        uint bits = 0;
        int held = 0, written = 0;
        foreach (var value in payload[1..])
        {
            bits = ((bits & 0xff) << 5) | value;
            held += 5;
            if (held < 8)
                continue;
            held -= 8;
            if (written == 40)
                throw new FormatException("The address's witness program is longer than 40 bytes.");
            program[written++] = (byte)((bits >> held) & 0xff);
        }
        if (held >= 5 || (bits & ((1u << held) - 1)) != 0)
            throw new FormatException("The address is padded wrongly.");
        if (written < 2 || (version == 0 && written is not (20 or 32)))
            throw new FormatException($"The address has a witness program of {written} bytes, which its version does not have.");
        return written;
    }

    /// <summary>BCH remainder of prefix, data and checksum (zeros where it is to be found), xored with the constant.</summary>
    static uint Checksum(string prefix, ReadOnlySpan<byte> data, ReadOnlySpan<byte> checksum, uint constant)
    {
        uint sum = 1;
        foreach (var c in prefix)
            sum = Step(sum, (uint)c >> 5);
        sum = Step(sum, 0);
        foreach (var c in prefix)
            sum = Step(sum, c & 0x1fu);
        foreach (var value in data)
            sum = Step(sum, value);
        for (var i = 0; i < ChecksumLength; i++)
            sum = Step(sum, checksum.IsEmpty ? 0u : checksum[i]);
        return sum ^ constant;
    }

    static uint Step(uint sum, uint value)
    {
        var top = sum >> 25;
        sum = ((sum & 0x1ffffff) << 5) ^ value;
        for (var i = 0; i < 5; i++)
            sum ^= ((top >> i) & 1) == 0 ? 0 : Generator[i];
        return sum;
    }

    static sbyte[] Values()
    {
        var table = new sbyte[128];
        Array.Fill(table, (sbyte)-1);
        for (var i = 0; i < Alphabet.Length; i++)
            table[Alphabet[i]] = table[char.ToUpperInvariant(Alphabet[i])] = (sbyte)i;
        return table;
    }
}
