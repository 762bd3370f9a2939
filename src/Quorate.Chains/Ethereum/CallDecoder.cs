using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Quorate.Chains.Ethereum.Abi;

namespace Quorate.Chains.Ethereum;

/// <summary>
/// What a call does: the functions of the token standards by their meaning, registered functions by name and arguments, and
/// of everything else that it is not understood.
/// </summary>
static class CallDecoder
{
    /// <summary>A function of a standard, and the effects of calling it.</summary>
    sealed record Standard(AbiFunction Function, ImmutableArray<TokenKind> Kinds, Action<Call> Apply);

    /// <summary>A call under way: who calls what with which arguments.</summary>
    readonly record struct Call(EffectsBuilder Effects, EthereumAddress Caller, EthereumAddress Contract, TokenKind Kind, ImmutableArray<AbiValue> Arguments)
    {
        internal EthereumAddress Address(int index) => ((AbiValue.Word)Arguments[index]).ToAddress();

        internal Amount Number(int index) => ((AbiValue.Word)Arguments[index]).Value;

        internal ImmutableArray<AbiValue> Items(int index) => ((AbiValue.Sequence)Arguments[index]).Items;

        internal AssetId Asset(Amount? id = null) => Effects.Token(Kind, Contract, id);
    }

    static readonly FrozenDictionary<uint, Standard> standards = new[]
    {
        Of("transfer(address to,uint256 amount)", [TokenKind.Erc20],
            c => c.Effects.AddTransfer(c.Caller, c.Address(0), c.Asset(), c.Number(1))),
        Of("transferFrom(address from,address to,uint256 value)", [TokenKind.Erc20, TokenKind.Erc721], c =>
        {
            if (c.Kind == TokenKind.Erc20)
                c.Effects.AddTransfer(c.Address(0), c.Address(1), c.Asset(), c.Number(2));
            else
                c.Effects.AddTransfer(c.Address(0), c.Address(1), c.Asset(c.Number(2)), 1UL);
        }),
        Of("safeTransferFrom(address from,address to,uint256 tokenId)", [TokenKind.Erc721],
            c => c.Effects.AddTransfer(c.Address(0), c.Address(1), c.Asset(c.Number(2)), 1UL)),
        Of("safeTransferFrom(address from,address to,uint256 tokenId,bytes data)", [TokenKind.Erc721],
            c => c.Effects.AddTransfer(c.Address(0), c.Address(1), c.Asset(c.Number(2)), 1UL)),
        Of("safeTransferFrom(address from,address to,uint256 id,uint256 amount,bytes data)", [TokenKind.Erc1155],
            c => c.Effects.AddTransfer(c.Address(0), c.Address(1), c.Asset(c.Number(2)), c.Number(3))),
        Of("safeBatchTransferFrom(address from,address to,uint256[] ids,uint256[] amounts,bytes data)", [TokenKind.Erc1155], c =>
        {
            var (ids, amounts) = (c.Items(2), c.Items(3));
            if (ids.Length != amounts.Length)
                c.Effects.Add(string.Create(CultureInfo.InvariantCulture, $"A batch of {ids.Length} tokens and {amounts.Length} amounts."));
            foreach (var (id, amount) in ids.Zip(amounts))
                c.Effects.AddTransfer(c.Address(0), c.Address(1), c.Asset(((AbiValue.Word)id).Value), ((AbiValue.Word)amount).Value);
        }),
        Of("approve(address spender,uint256 value)", [TokenKind.Erc20, TokenKind.Erc721], c =>
        {
            if (c.Kind == TokenKind.Erc20)
                c.Effects.AddApproval(c.Caller, c.Address(0), c.Asset(), c.Number(1), Amount.MaxValue);
            else
                c.Effects.AddApproval(c.Caller, c.Address(0), c.Asset(c.Number(1)), c.Address(0).IsZero ? 0UL : 1UL, Amount.MaxValue);
        }),
        // Both standards of collections have it, and it means the same in both.
        Of("setApprovalForAll(address operator,bool approved)", [TokenKind.Erc721, TokenKind.Erc1155],
            c => c.Effects.AddApproval(c.Caller, c.Address(0), c.Asset(), c.Number(1).IsZero ? Amount.Zero : Amount.MaxValue, Amount.MaxValue)),
        Of("increaseAllowance(address spender,uint256 addedValue)", [TokenKind.Erc20], c =>
        {
            c.Effects.AddApproval(c.Caller, c.Address(0), c.Asset(), c.Number(1), Amount.MaxValue);
            c.Effects.Add($"An approval of {c.Address(0)} grows by {c.Number(1)}; the transaction does not tell to how much.");
        }),
        // EIP-2612, and the form that DAI had before it: somebody's signed permission is handed in.
        Of("permit(address owner,address spender,uint256 value,uint256 deadline,uint8 v,bytes32 r,bytes32 s)", [TokenKind.Erc20],
            c => c.Effects.AddApproval(c.Address(0), c.Address(1), c.Asset(), c.Number(2), Amount.MaxValue)),
        Of("permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed,uint8 v,bytes32 r,bytes32 s)", [TokenKind.Erc20],
            c => c.Effects.AddApproval(c.Address(0), c.Address(1), c.Asset(), c.Number(4).IsZero ? Amount.Zero : Amount.MaxValue, Amount.MaxValue)),
    }.ToFrozenDictionary(s => s.Function.Selector);

    // Permit2 has the same address on every chain, and functions of its own. The asset is an argument there.
    static readonly FrozenDictionary<uint, Standard> permit2 = new[]
    {
        Of("approve(address token,address spender,uint160 amount,uint48 expiration)", [TokenKind.Erc20], c => c.Effects.AddApproval(
            c.Caller, c.Address(1), c.Effects.Token(TokenKind.Erc20, c.Address(0)), c.Number(2), Permit2.NoLimit, Permit2.Time(c.Number(3)))),
        Of("transferFrom(address from,address to,uint160 amount,address token)", [TokenKind.Erc20],
            c => c.Effects.AddTransfer(c.Address(0), c.Address(1), c.Effects.Token(TokenKind.Erc20, c.Address(3)), c.Number(2))),
    }.ToFrozenDictionary(s => s.Function.Selector);

    // A Safe's: the last number before the refund is 1 for a delegate call, which runs foreign code with all the Safe has.
    static readonly FrozenDictionary<uint, AbiFunction> withOperation = new[]
    {
        "execTransaction(address to,uint256 value,bytes data,uint8 operation,uint256 safeTxGas,uint256 baseGas,uint256 gasPrice,address gasToken,address refundReceiver,bytes signatures)",
        "execTransactionFromModule(address to,uint256 value,bytes data,uint8 operation)",
        "execTransactionFromModuleReturnData(address to,uint256 value,bytes data,uint8 operation)",
    }.Select(AbiFunction.Parse).ToFrozenDictionary(f => f.Selector);

    /// <summary>Adds the effects of a call with this data, which is not empty.</summary>
    /// <exception cref="FormatException">The function is known and its arguments are not in canonical form.</exception>
    internal static void Decode(EffectsBuilder effects, EthereumAddress caller, EthereumAddress contract, Amount value, ReadOnlyMemory<byte> data)
    {
        if (data.Length < AbiFunction.SelectorSize)
        {
            effects.Add(new Effect.Call(effects.ToAddress(caller), effects.ToAddress(contract), null, [], value));
            effects.Add($"Data of {data.Length} bytes, too short for a function: 0x{Convert.ToHexStringLower(data.Span)}.");
            return;
        }
        var selector = BinaryPrimitives.ReadUInt32BigEndian(data.Span);
        var kind = effects.Contracts.KindOf(contract);
        var standard = (contract == Permit2.Address ? permit2 : standards).GetValueOrDefault(selector);
        var execution = withOperation.GetValueOrDefault(selector);
        // A known function keeps its meaning, whoever registers it as well: a mere call would hide what it moves. Only another
        // function that shares its selector, registered for this very contract, takes its place.
        if (effects.Contracts.FunctionOf(contract, selector) is { } registered
            && ((standard?.Function ?? execution) is not { } meaning
                || (kind is null && meaning.Signature != registered.Signature && effects.Contracts.IsOwn(contract, registered))))
            AddCall(effects, caller, contract, registered, value, data);
        else if (standard is not null)
            DecodeStandard(effects, caller, contract, kind, standard, AddCall(effects, caller, contract, standard.Function, value, data));
        else if (execution is not null)
            DecodeExecution(effects, contract, AddCall(effects, caller, contract, execution, value, data));
        else
        {
            effects.Add(new Effect.Call(effects.ToAddress(caller), effects.ToAddress(contract), null, [], value));
            effects.Add(string.Create(CultureInfo.InvariantCulture, $"A call of an unknown function 0x{selector:x8} of {contract}."));
        }
    }

    static void DecodeStandard(
        EffectsBuilder effects, EthereumAddress caller, EthereumAddress contract, TokenKind? kind, Standard standard, ImmutableArray<AbiValue> arguments)
    {
        if (kind is { } known && !standard.Kinds.Contains(known))
            effects.Add($"{standard.Function} of {contract}, which is no function of {known}.");
        else if (kind is null && standard.Kinds.Length > 1)
            effects.Add($"{standard.Function} of {contract}: {string.Join(" and ", standard.Kinds)} both have it, and the contract's kind is not registered.");
        else
            standard.Apply(new(effects, caller, contract, kind ?? standard.Kinds[0], arguments));
    }

    static void DecodeExecution(EffectsBuilder effects, EthereumAddress contract, ImmutableArray<AbiValue> arguments)
    {
        var to = ((AbiValue.Word)arguments[0]).ToAddress();
        effects.Add(((AbiValue.Word)arguments[3]).Value.IsZero
            ? $"{contract} is told to call {to}; what comes of it is not followed."
            : $"A delegate call: {contract} is told to run the code of {to} with everything it has.");
    }

    static ImmutableArray<AbiValue> AddCall(
        EffectsBuilder effects, EthereumAddress caller, EthereumAddress contract, AbiFunction function, Amount value, ReadOnlyMemory<byte> data)
    {
        var arguments = function.Decode(data);
        effects.Add(new Effect.Call(
            effects.ToAddress(caller), effects.ToAddress(contract), function.Signature,
            [.. function.Parameters.Zip(arguments, (p, a) => new CallArgument(p.Name, p.Type.Text, a.Describe(p.Type)))], value));
        return arguments;
    }

    static Standard Of(string function, ImmutableArray<TokenKind> kinds, Action<Call> apply) => new(AbiFunction.Parse(function), kinds, apply);
}
