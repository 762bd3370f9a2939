using System.Text;
using System.Text.Json;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Ethereum.Abi;
using Quorate.Chains.Ethereum.TypedData;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>
/// Mutated transactions, calls and messages: refused or accepted as exactly what they are, in bounded memory, and never a
/// crash.
/// </summary>
public class FuzzTests
{
    static readonly EthereumFormat format = new(1, KnownContracts.None.WithFunction(AbiFunction.Parse(Nested)));
    static readonly DecodeContext context = new(format.ToAddress(Hex.Address(1)), Bip32Path.Root);
    const string Nested = "nested((address,bytes[])[] a,string[2] b,uint8[3][] c,(int16,(bool,bytes4))[2] d)";

    [Theory]
    [InlineData("transactions", 20_000)]
    [InlineData("calls", 20_000)]
    [InlineData("arguments", 20_000)]
    [InlineData("typed data", 5_000)]
    public void Mutations_are_refused_or_taken_for_what_they_are(string target, int runs) => Run(target, 1, runs);

    [Theory]
    [InlineData("transactions", 3_000_000)]
    [InlineData("calls", 2_000_000)]
    [InlineData("arguments", 2_000_000)]
    [InlineData("typed data", 500_000)]
    [Trait("Category", "Slow")]
    public void Millions_of_mutations_are_refused_or_taken_for_what_they_are(string target, int runs) => Run(target, 20261121, runs);

    static void Run(string name, ulong seed, int runs)
    {
        using var fuzzer = new Fuzzer(seed);
        var accepted = fuzzer.Run(Target(name), runs);
        Assert.InRange(accepted, 1, runs - 1);
    }

    static FuzzTarget Target(string name)
    {
        using var random = new RandomTransactions(99);
        return name switch
        {
            "transactions" => new(typeof(EthereumTransaction), name, [.. Transactions(random)], Transaction),
            "calls" => new(typeof(Effects), name, [.. Calls(random)], Effects) { AllocationLimit = (400, 100_000) },
            "arguments" => new(typeof(AbiValue), name, [.. Arguments(random)], Values),
            _ => new(typeof(TypedMessage), name, [Encoding.UTF8.GetBytes(JsonSerializer.Serialize(EipVectors.Read("eip712").GetProperty("typedData")))], Message)
            {
                AllocationLimit = (600, 100_000),
            },
        };
    }

    static byte[]? Transaction(byte[] input)
    {
        try
        {
            var decoded = EthereumTransactionCodec.Decode(input);
            return EthereumTransactionCodec.Encode(decoded.Transaction, decoded.Signature);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // Effects must come, or a refusal; and what was accepted is its own encoding.
    static byte[]? Effects(byte[] input)
    {
        try
        {
            _ = format.Decode(input, context);
            return Transaction(input);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    static byte[]? Values(byte[] input)
    {
        var function = AbiFunction.Parse(Nested);
        try
        {
            return function.Encode(function.Decode(input).AsSpan());
        }
        catch (FormatException)
        {
            return null;
        }
    }

    // JSON has no one encoding: what is watched is that it ends, in bounds, and without any other exception.
    static byte[]? Message(byte[] input)
    {
        try
        {
            _ = format.Decode(TypedMessage.Parse(input), context);
            return input;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    static IEnumerable<byte[]> Transactions(RandomTransactions random)
    {
        using var key = random.Key();
        for (var i = 0; i < 60; i++)
        {
            var t = random.Next();
            yield return EthereumTransactionCodec.Encode(t);
            if (t.Type == EthereumTransactionType.Legacy)
                yield return EthereumTransactionCodec.Encode(t with { ChainId = null });
            yield return EthereumTransactionCodec.Encode(t, key.Sign(t.Digest()));
        }
    }

    static IEnumerable<byte[]> Calls(RandomTransactions random)
    {
        string[] functions =
        [
            "transfer(address,uint256)", "approve(address,uint256)", "safeTransferFrom(address,address,uint256,bytes)", "setApprovalForAll(address,bool)",
            "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)", "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", Nested,
        ];
        foreach (var function in functions.Select(AbiFunction.Parse))
            yield return EthereumTransactionCodec.Encode(random.Next(chain: 1) with
            {
                To = random.Address(), Data = function.Encode([.. function.Parameters.Select(p => RandomAbi.Value(random, p.Type))]),
            });
    }

    static IEnumerable<byte[]> Arguments(RandomTransactions random)
    {
        var function = AbiFunction.Parse(Nested);
        for (var i = 0; i < 20; i++)
            yield return function.Encode([.. function.Parameters.Select(p => RandomAbi.Value(random, p.Type))]);
    }
}
