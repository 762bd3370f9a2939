using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Quorate.Cryptography.Hashing;

namespace Quorate.Chains.Ethereum.Abi;

/// <summary>
/// A contract function by name and parameters. Its selector is the first four bytes of Keccak-256 of the canonical
/// signature, which has no names of parameters.
/// </summary>
public sealed class AbiFunction
{
    /// <summary>Length of a selector in bytes.</summary>
    public const int SelectorSize = 4;

    AbiFunction(string name, ImmutableArray<AbiMember> parameters)
    {
        (Name, Parameters) = (name, parameters);
        Signature = $"{name}({string.Join(',', parameters.Select(p => p.Type.Text))})";
        Selector = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Keccak256.HashData(Encoding.ASCII.GetBytes(Signature)));
    }

    /// <summary>The name alone.</summary>
    public string Name { get; }

    /// <summary>The parameters in order.</summary>
    public ImmutableArray<AbiMember> Parameters { get; }

    /// <summary>The canonical signature, such as <c>transfer(address,uint256)</c>.</summary>
    public string Signature { get; }

    /// <summary>The selector, its first byte the most significant.</summary>
    public uint Selector { get; }

    /// <summary>Reads a signature as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static AbiFunction Parse(string signature) => TryParse(signature, out var function)
        ? function
        : throw new FormatException($"Not a function's signature: \"{signature}\".");

    /// <summary>Reads <c>name(type,type)</c>; after a type may stand a space and the parameter's name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? signature, [NotNullWhen(true)] out AbiFunction? function)
    {
        function = null;
        if (signature is null)
            return false;
        var reader = new AbiTextReader(signature);
        var name = reader.Word().ToString();
        if (!AbiTextReader.IsIdentifier(name) || !reader.TryReadMembers(0, out var parameters, mayBeEmpty: true) || !reader.IsAtEnd)
            return false;
        function = new(name, parameters);
        return true;
    }

    /// <summary>The call data of this function with these arguments.</summary>
    /// <exception cref="ArgumentException">They do not fit the parameters.</exception>
    public byte[] Encode(params ReadOnlySpan<AbiValue> arguments)
    {
        var data = new byte[SelectorSize + AbiCodec.SizeOf(Parameters, arguments)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(data, Selector);
        AbiCodec.Write(Parameters, arguments, data.AsSpan(SelectorSize));
        return data;
    }

    /// <summary>The arguments in call data of this function.</summary>
    /// <exception cref="FormatException">Another selector, or arguments that are not in canonical form.</exception>
    public ImmutableArray<AbiValue> Decode(ReadOnlyMemory<byte> data)
    {
        if (data.Length < SelectorSize || System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(data.Span) != Selector)
            throw new FormatException($"Not a call of {Signature}: another selector.");
        return AbiCodec.Decode(Parameters, data[SelectorSize..]);
    }

    /// <summary>The canonical signature.</summary>
    public override string ToString() => Signature;
}
