using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Quorate.Chains.Ethereum.Abi;

namespace Quorate.Chains.Ethereum.TypedData;

/// <summary>What typed messages of known types let others do: permits and authorised transfers.</summary>
static class TypedDataEffects
{
    const string Details = "PermitDetails(address token,uint160 amount,uint48 expiration,uint48 nonce)";
    const string Permissions = "TokenPermissions(address token,uint256 amount)";
    const string Authorized = "(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";

    // By everything the struct is made of: a name alone says nothing.
    static readonly FrozenDictionary<string, Action<Signed>> known = new Dictionary<string, Action<Signed>>
    {
        // EIP-2612. The deadline is for handing the permit in; the approval itself does not end.
        ["Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"] =
            s => s.Approve(s.Address(0), s.Address(1), s.Erc20(), s.Number(2), Amount.MaxValue),
        // DAI's own, older form.
        ["Permit(address holder,address spender,uint256 nonce,uint256 expiry,bool allowed)"] =
            s => s.Approve(s.Address(0), s.Address(1), s.Erc20(), s.Number(4).IsZero ? Amount.Zero : Amount.MaxValue, Amount.MaxValue),
        // EIP-4494.
        ["Permit(address spender,uint256 tokenId,uint256 nonce,uint256 deadline)"] = s => s.Effects.AddApproval(
            s.Effects.Signer, s.Address(0), s.Effects.Token(TokenKind.Erc721, s.Contract, s.Number(1)), 1UL, Amount.MaxValue),
        // EIP-3009.
        ["TransferWithAuthorization" + Authorized] = Transfer,
        ["ReceiveWithAuthorization" + Authorized] = Transfer,
        ["PermitSingle(PermitDetails details,address spender,uint256 sigDeadline)" + Details] =
            s => s.ViaPermit2(() => Allow(s, s.Items(0), s.Address(1))),
        ["PermitBatch(PermitDetails[] details,address spender,uint256 sigDeadline)" + Details] =
            s => s.ViaPermit2(() =>
            {
                foreach (var details in s.Items(0))
                    Allow(s, ((AbiValue.Sequence)details).Items, s.Address(1));
            }),
        ["PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline)" + Permissions] =
            s => s.ViaPermit2(() => AllowOnce(s, s.Items(0))),
        ["PermitBatchTransferFrom(TokenPermissions[] permitted,address spender,uint256 nonce,uint256 deadline)" + Permissions] =
            s => s.ViaPermit2(() =>
            {
                foreach (var permissions in s.Items(0))
                    AllowOnce(s, ((AbiValue.Sequence)permissions).Items);
            }),
    }.ToFrozenDictionary();

    /// <summary>A message under way: its values and the contract they are for.</summary>
    readonly record struct Signed(EffectsBuilder Effects, EthereumAddress Contract, ImmutableArray<AbiValue> Values)
    {
        internal EthereumAddress Address(int index) => ((AbiValue.Word)Values[index]).ToAddress();

        internal Amount Number(int index) => ((AbiValue.Word)Values[index]).Value;

        internal ImmutableArray<AbiValue> Items(int index) => ((AbiValue.Sequence)Values[index]).Items;

        internal AssetId Erc20() => Effects.Token(TokenKind.Erc20, Contract);

        internal void Approve(EthereumAddress owner, EthereumAddress spender, AssetId asset, Amount limit, Amount noLimit)
        {
            Effects.AddApproval(owner, spender, asset, limit, noLimit);
            if (owner != Effects.Signer)
                Effects.Add($"A permit in the name of {owner}, which another signs.");
        }

        internal void ViaPermit2(Action apply)
        {
            if (Contract == Permit2.Address)
                apply();
            else
                Effects.Add($"A message of Permit2 for another contract, {Contract}.");
        }
    }

    internal static void Add(EffectsBuilder effects, EthereumFormat format, TypedMessage message)
    {
        if (message.ChainId is { } chain && chain != format.Number)
            throw new FormatException($"A message for chain {chain}, not {format.Number}.");
        if (message.ChainId is null)
            effects.Add("The domain names no chain: the signature is good on all of them.");
        if (message.VerifyingContract is not { } contract)
            effects.Add("The domain names no contract: any can take the signature.");
        else if (known.TryGetValue(message.EncodedType, out var apply))
            apply(new(effects, contract, message.Message.Items));
        else
            effects.Add(string.Create(CultureInfo.InvariantCulture, $"A message of an unknown type for {contract}: {message.EncodedType}"));
    }

    static void Transfer(Signed s)
    {
        s.Effects.AddTransfer(s.Address(0), s.Address(1), s.Erc20(), s.Number(2));
        if (s.Address(0) != s.Effects.Signer)
            s.Effects.Add($"A transfer in the name of {s.Address(0)}, which another signs.");
    }

    static void Allow(Signed s, ImmutableArray<AbiValue> details, EthereumAddress spender) => s.Effects.AddApproval(
        s.Effects.Signer, spender, s.Effects.Token(TokenKind.Erc20, ((AbiValue.Word)details[0]).ToAddress()),
        ((AbiValue.Word)details[1]).Value, Permit2.NoLimit, Permit2.Time(((AbiValue.Word)details[2]).Value));

    // Good for one transfer until the deadline.
    static void AllowOnce(Signed s, ImmutableArray<AbiValue> permissions) => s.Effects.AddApproval(
        s.Effects.Signer, s.Address(1), s.Effects.Token(TokenKind.Erc20, ((AbiValue.Word)permissions[0]).ToAddress()),
        ((AbiValue.Word)permissions[1]).Value, Amount.MaxValue, Permit2.Time(s.Number(3)));
}
