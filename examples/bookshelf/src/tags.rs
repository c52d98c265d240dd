//! Tags: what kinds of books there are.

use purlin::data::Database;
use purlin::{Inject, Json, Result, get};
use schemars::JsonSchema;
use sea_orm::prelude::*;
use sea_orm::{ActiveValue::Set, ConnectionTrait, QueryOrder, QuerySelect};
use serde::{Deserialize, Serialize};

/// The row of a tag.
pub mod tag {
    use sea_orm::entity::prelude::*;

    use crate::books::book;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "tags")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: String,
        #[sea_orm(has_many, via = "book_tag")]
        pub books: HasMany<book::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// The row that ties a tag to a book.
pub mod book_tag {
    use sea_orm::entity::prelude::*;

    use crate::books::book;
    use crate::tags::tag;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "book_tags")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub book_id: i64,
        #[sea_orm(primary_key, auto_increment = false)]
        pub tag_id: i64,
        #[sea_orm(belongs_to, from = "book_id", to = "id")]
        pub book: HasOne<book::Entity>,
        #[sea_orm(belongs_to, from = "tag_id", to = "id")]
        pub tag: HasOne<tag::Entity>,
    }

    impl ActiveModelBehavior for ActiveModel {}
}

/// A kind of book.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Tag {
    pub name: String,
    /// How many books have it.
    pub books: u32,
}

/// List the tags, the most frequent first.
#[get("/tags", tag = "books")]
pub async fn index(database: Inject<Database>) -> Result<Json<Vec<Tag>>> {
    let rows: Vec<(String, i64)> = tag::Entity::find()
        .select_only()
        .column(tag::Column::Name)
        .column_as(book_tag::Column::BookId.count(), "books")
        .join_rev(sea_orm::JoinType::InnerJoin, book_tag::Relation::Tag.def())
        .group_by(tag::Column::Name)
        .order_by_desc(book_tag::Column::BookId.count())
        .order_by_asc(tag::Column::Name)
        .into_tuple()
        .all(database.read_orm())
        .await?;
    let shown = |(name, books)| Tag { name, books: u32::try_from(books).unwrap_or(u32::MAX) };
    Ok(Json(rows.into_iter().map(shown).collect()))
}

/// The tag of this name; one that is not known yet is added.
pub async fn named(connection: &impl ConnectionTrait, name: &str) -> Result<tag::Model, DbErr> {
    let known = tag::Entity::find().filter(tag::Column::Name.eq(name)).one(connection).await?;
    match known {
        Some(known) => Ok(known),
        None => {
            tag::ActiveModel { name: Set(name.to_owned()), ..Default::default() }
                .insert(connection)
                .await
        }
    }
}
