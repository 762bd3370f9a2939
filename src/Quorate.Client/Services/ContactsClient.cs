using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>The address book.</summary>
public sealed class ContactsClient : ServiceClient
{
    internal ContactsClient(ApiCalls calls)
        : base(calls, ContactsReflection.Descriptor.Services[0])
    {
    }

    /// <summary>Adds an account to the address book.</summary>
    public Task<Contact> CreateContactAsync(CreateContactRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<CreateContactRequest, Contact>(request, options, cancellation);

    /// <summary>Reads an entry of the address book.</summary>
    public Task<Contact> GetContactAsync(GetContactRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetContactRequest, Contact>(request, options, cancellation);

    /// <summary>Those that were not deleted, oldest first. A page may have fewer than it could.</summary>
    public Task<ListContactsResponse> ListContactsAsync(ListContactsRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListContactsRequest, ListContactsResponse>(request ?? new(), options, cancellation);

    /// <summary>The same, page after page to the end.</summary>
    public IAsyncEnumerable<Contact> AllContactsAsync(ListContactsRequest? request = null, CancellationToken cancellation = default) =>
        PagesAsync(ListContactsAsync, request ?? new(), r => r.Contacts, cancellation);

    /// <summary>Another name and note; the account never changes.</summary>
    public Task<Contact> UpdateContactAsync(UpdateContactRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<UpdateContactRequest, Contact>(request, options, cancellation);

    /// <summary>Takes it out of the list, and gives its name free. It can still be read.</summary>
    public Task<Contact> DeleteContactAsync(DeleteContactRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<DeleteContactRequest, Contact>(request, options, cancellation);
}
